#ifndef WRIFTAI_UPSTREAM_CLUSTER_TAKEOVER_PAUSES_H_
#define WRIFTAI_UPSTREAM_CLUSTER_TAKEOVER_PAUSES_H_

#include <deque>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"

namespace wriftai::cluster {

// Until when a new owner must wait, because the former one may just have sent a
// request, or may still be certain.
//
// Threads: loop. Owns: one entry for each tenure that has ended within
// ClusterTimes::unreleased_pause(). `clock` must outlive it. Fails: never.
class TakeoverPauses {
 public:
  TakeoverPauses(const EventLoop& clock, const ClusterTimes& times)
      : clock_(clock), times_(times) {}

  // The watch has shown this change of an owner's record.
  void OnOwnerChanged(const std::string& tag, const Owner* before,
                      const Owner* after);

  // InfinitePast without a pause.
  absl::Time EndOf(const std::string& tag) const;

  // A session has begun. It waits for longer than any pause seen before.
  void Clear();

 private:
  void Extend(const std::string& tag, absl::Duration pause);
  void DropEnded();

  const EventLoop& clock_;
  const ClusterTimes times_;
  absl::flat_hash_map<std::string, absl::Time> ends_;  // By tag.
  // When each was added or extended, oldest first.
  std::deque<std::pair<absl::Time, std::string>> added_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_TAKEOVER_PAUSES_H_
