#ifndef WRIFTAI_SERVICE_TELEMETRY_RECENT_ERRORS_H_
#define WRIFTAI_SERVICE_TELEMETRY_RECENT_ERRORS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace wriftai {

// One failed call, or several similar ones. A value.
struct FailedCall {
  absl::Time time;     // Wall clock; of the latest.
  std::string method;  // "Wait"; kPollMethod for the gateway's own requests.
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string reason;   // ErrorInfo.reason; empty if none exists.
  std::string message;  // The gateway's own text: see DescribeError().
  std::string request_id;
  std::string upstream_request_id;
  std::string credential;  // Its display name; empty: the call had none.
  int64_t count = 1;
};

// The method of failed polls. A transient poll failure ends no call, so during
// an outage polls may be the only failures.
inline constexpr char kPollMethod[] = "poll";

// Code, reason, message and the upstream's request id of `status`, an error.
// Messages may quote callers or the upstream, and such quotes must reach only
// the caller. So the message here is the gateway's own text: the invalid field,
// the upstream's HTTP status, or the message of the gateway's own error. Any
// thread.
FailedCall DescribeError(const absl::Status& status);

// The latest failed calls. Similar failures (same method, code, reason and
// credential) share one entry that shows the latest, so a caller that fails a
// thousand times a second cannot hide other errors.
//
// Threads: loop. Owns: the entries. Fails: never.
class RecentErrors {
 public:
  // As many as a person reads. Every error scans all entries; each takes at
  // most two kilobytes.
  static constexpr size_t kMaxEntries = 50;

  // Texts pass SanitizeAscii().
  void Add(FailedCall call);

  // Ignores cancellations by the caller (CANCELLED), which are not errors.
  void Add(absl::Time wall_now, absl::string_view method,
           absl::string_view credential, const absl::Status& status);

  // Newest first.
  const std::deque<FailedCall>& calls() const { return calls_; }

  // The number of added errors, including those no longer kept.
  int64_t total() const { return total_; }

 private:
  std::deque<FailedCall> calls_;
  int64_t total_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_RECENT_ERRORS_H_
