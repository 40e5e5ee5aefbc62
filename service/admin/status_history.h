#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_HISTORY_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "service/admin/metrics.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

// What the last minutes brought: for the charts, and for what is called recent.
// It is given all counts at each interval, and tells their differences.
//
// Threads: one. Owns: some 25 KiB for each of the credentials, of which there
// are at most kMaxCredentials and "other", and as much for the rest. Fails:
// never; counts that fall (a credential was forgotten and came back) count as
// unchanged.
class StatusHistory {
 public:
  // A person sees a change within it, and a budget of 3 a second has had 15
  // requests.
  static constexpr absl::Duration kInterval = absl::Seconds(5);

  // Ten minutes, as far as one remembers what one has done.
  static constexpr size_t kMost = 120;

  // What is called now: long enough to tell 2.9 requests a second from 3.
  static constexpr size_t kNow = 6;

  // What the engine does not count.
  struct More {
    std::map<std::string, size_t> waiters;  // By credential.
    int64_t errors = 0;
    int64_t updates = 0;
  };

  // `numbers` has BoundedCredentials().
  void Add(absl::Time now, const EngineNumbers& numbers, const More& more);

  // Puts all that has to do with time into `report`, which has its credentials;
  // `numbers` and `more` are the newest counts.
  void Fill(absl::Time now, const EngineNumbers& numbers, const More& more,
            status::Report& report) const;

 private:
  struct Sample {
    absl::Time time;
    size_t waiters = 0;
    int64_t requests = 0;
    int64_t updates = 0;
    int64_t errors = 0;
    int64_t missed_webhooks = 0;
    DurationHistogram staleness;
    DurationHistogram terminal_delay;
  };
  struct CredentialSample {
    absl::Time time;
    size_t waiters = 0;
    BudgetStats reads;
    BudgetStats creates;
  };
  using Series = std::deque<CredentialSample>;

  void FillCredential(absl::Time now, const EngineNumbers::Credential& newest,
                      status::Credential& credential) const;

  std::deque<Sample> samples_;
  std::map<std::string, Series> credentials_;  // By name.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_HISTORY_H_
