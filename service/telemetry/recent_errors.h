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

// One call that failed, or several that failed alike. A value.
struct FailedCall {
  absl::Time time;     // Wall clock; of the last.
  std::string method;  // "Wait"; kPollMethod for the gateway's own requests.
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string reason;   // ErrorInfo's; empty where there is none.
  std::string message;  // In the gateway's own words: see DescribeError().
  std::string request_id;
  std::string upstream_request_id;
  std::string credential;  // Its display name; empty: the call had none.
  int64_t count = 1;
};

// A poll that failed ends no call as long as it may pass, and during an outage
// nothing else may fail.
inline constexpr char kPollMethod[] = "poll";

// Code, reason, message and the upstream's request id of `status`, an error.
// Messages quote what callers and the upstream have sent, so that one goes no
// further than the caller; what is told here is made of the gateway's own
// words: the field that is wrong, the upstream's HTTP status, or the text of an
// error that the gateway has found itself. Any thread.
FailedCall DescribeError(const absl::Status& status);

// The last calls that failed. Those that are alike (method, code, reason,
// credential) share one entry that tells of the last of them, so that one
// caller who fails a thousand times a second hides no other error.
//
// Threads: loop. Owns: the entries. Fails: never.
class RecentErrors {
 public:
  // What a person reads through; each is looked at with every error, and takes
  // no more than two kilobytes.
  static constexpr size_t kMost = 50;

  // Keeps of each text what SanitizeAscii() does.
  void Add(FailedCall call);

  // A caller who leaves (CANCELLED) is no error and is not kept.
  void Add(absl::Time wall_now, absl::string_view method,
           absl::string_view credential, const absl::Status& status);

  // The newest first.
  const std::deque<FailedCall>& calls() const { return calls_; }

  // All that were added, those that are no longer kept included.
  int64_t total() const { return total_; }

 private:
  std::deque<FailedCall> calls_;
  int64_t total_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_RECENT_ERRORS_H_
