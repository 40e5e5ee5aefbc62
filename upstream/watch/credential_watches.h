#ifndef WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
#define WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/credential.h"
#include "upstream/watch/demand_observer.h"
#include "upstream/watch/poll_loop.h"
#include "upstream/watch/watch_table.h"

namespace wriftai {

// The watches of one credential: the table, and the polls that keep it up to
// date.
//
// Threads: loop. Owns: both. Fails: through the observers.
class CredentialWatches {
 public:
  CredentialWatches(std::shared_ptr<const Credential> credential,
                    const WatchTable::Shared& table,
                    const PollLoop::Shared& polls)
      : table_(std::move(credential), table, [this] { polls_.MarkDirty(); }),
        polls_(table_, polls) {}

  // As WatchTable::Subscribe().
  uint64_t Subscribe(const std::string& id, const WatchOptions& options,
                     PredictionObserver& observer, SnapshotPtr known) {
    return table_.Subscribe(id, options, observer, std::move(known),
                            polls_.contended());
  }

  // Another process polls from now on. `demand`, which must outlive this,
  // observes for what, and Apply() takes in what that process shows. Waiters
  // keep their last state meanwhile.
  void SuspendPolls(DemandObserver& demand) {
    polls_.Suspend();
    table_.ObserveDemand(&demand);
  }
  void ResumePolls() {
    table_.ObserveDemand(nullptr);
    polls_.Resume();
  }

  // Applies what another request than a poll showed, or an event.
  void Apply(Observation observation) {
    const bool is_response = observation.source() == v1::SOURCE_GET ||
                             observation.source() == v1::SOURCE_CREATE;
    if (table_.Apply(std::move(observation)) && is_response) {
      polls_.OnUpstreamResponse();
    }
  }

  WatchTable& table() { return table_; }
  const WatchTable& table() const { return table_; }
  const PollLoop& polls() const { return polls_; }

 private:
  WatchTable table_;
  PollLoop polls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_CREDENTIAL_WATCHES_H_
