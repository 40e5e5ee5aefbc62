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

// The history of the last minutes, for the charts and the `recent` fields. It
// takes all counts once per interval and reports their differences.
//
// Threads: one. Owns: about 25 KiB per credential (at most kMaxCredentials and
// "other"), and as much for the totals. Fails: never; a count that decreases (a
// credential was forgotten and came back) counts as unchanged.
class StatusHistory {
 public:
  // Short enough for a person to see a change; a budget of 3 requests/s sends
  // 15 in it.
  static constexpr absl::Duration kInterval = absl::Seconds(5);

  // Ten minutes: about how far back people remember what they did.
  static constexpr size_t kMaxIntervals = 120;

  // The intervals of a current rate: 30 s distinguish 2.9 requests/s from 3.
  static constexpr size_t kRateIntervals = 6;

  // Counts that EngineNumbers does not have.
  struct CallCounts {
    std::map<std::string, size_t> waiters;  // By credential.
    int64_t errors = 0;
    int64_t caller_mistakes = 0;
    int64_t updates = 0;
  };

  // The credentials of `numbers` are BoundedCredentials().
  void Add(absl::Time now, const EngineNumbers& numbers,
           const CallCounts& calls);

  // Fills the rates, recent counts and history of `report`, which already has
  // its credentials; `numbers` and `calls` are the newest counts.
  void Fill(absl::Time now, const EngineNumbers& numbers,
            const CallCounts& calls, status::Report& report) const;

 private:
  struct Sample {
    absl::Time time;
    size_t waiters = 0;
    int64_t requests = 0;
    int64_t updates = 0;
    int64_t errors = 0;
    int64_t caller_mistakes = 0;
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
