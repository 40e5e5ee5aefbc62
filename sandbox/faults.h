#ifndef WRIFTAI_SANDBOX_FAULTS_H_
#define WRIFTAI_SANDBOX_FAULTS_H_

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "sandbox/http_message.h"

namespace wriftai::sandbox {

// A fault to inject, and the requests that it applies to. The control API's
// JSON has members of the same names.
struct Fault {
  enum class RateHeaders { kUnchanged, kMissing, kZero, kNegative, kAbsurd };

  // Conditions; a request must meet all of them.
  std::string method;       // Empty: any.
  std::string path_prefix;  // Of the path as sent, such as /v1/predictions.
  std::string path_regex;   // POSIX extended; may match any part of the path.
  int64_t after = 0;        // Skips this many matching requests first.
  std::optional<int64_t> times;  // Then applies this often; unset: always.

  // Effects. Without `status`, huge_body or close_without_response, the API
  // handles the request and the other effects modify its response.
  std::optional<int> status;
  Headers headers;  // With `status`, or in place of the API's.
  std::string body;
  bool process = false;  // The API handles the request despite `status`.
  absl::Duration delay = absl::ZeroDuration();
  bool cut_body = false;
  bool bad_json = false;
  int64_t huge_body = 0;  // Bytes.
  bool close_without_response = false;
  bool close_after_processing = false;
  RateHeaders rate_headers = RateHeaders::kUnchanged;

  // Whether the API handles the request.
  bool ReachesApi() const {
    return process || close_after_processing ||
           (!status.has_value() && huge_body == 0 && !close_without_response);
  }
};

// Applies all effects of `fault` but the delay to `response`, which is the
// API's if fault.ReachesApi().
void ApplyFault(const Fault& fault, Response* response);

// The active faults, matched in the order in which they were added.
//
// Threads: any. Fails: only Add().
class FaultScript {
 public:
  FaultScript();
  ~FaultScript();

  // INVALID_ARGUMENT for a bad path_regex.
  absl::Status Add(Fault fault);
  void Clear();

  // Whether any fault delays responses.
  bool has_delay();

  // Returns the first fault that applies to this request, and counts the
  // request.
  std::optional<Fault> Match(absl::string_view method, absl::string_view path);

 private:
  class Entry;

  Mutex mutex_;
  std::list<std::unique_ptr<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_FAULTS_H_
