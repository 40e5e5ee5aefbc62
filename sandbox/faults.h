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

// What is to go wrong, and for which requests. The members of the control
// API's JSON have the same names.
struct Fault {
  enum class RateHeaders { kTrue, kMissing, kZero, kNegative, kAbsurd };

  // Which requests: all conditions have to be met.
  std::string method;       // Empty: any.
  std::string path_prefix;  // Of the path as sent, such as /v1/predictions.
  std::string path_regex;   // POSIX extended, found anywhere in the path.
  int64_t after = 0;        // Lets so many matching requests pass first.
  std::optional<int64_t> times;  // Then meets so many; none: all.

  // What happens to them. Without a status, huge_body or
  // close_without_response, the API answers and the rest is done to its answer.
  std::optional<int> status;
  Headers headers;  // With `status`, or over those of the API.
  std::string body;
  bool process = false;  // The API acts on it although `status` answers.
  absl::Duration delay = absl::ZeroDuration();
  bool cut_body = false;
  bool bad_json = false;
  int64_t huge_body = 0;  // Bytes.
  bool close_without_response = false;
  bool close_after_processing = false;
  RateHeaders rate_headers = RateHeaders::kTrue;

  // Whether the API gets to see the request.
  bool ReachesApi() const {
    return process || close_after_processing ||
           (!status.has_value() && huge_body == 0 && !close_without_response);
  }
};

// Does to `response`, which is the API's where fault.ReachesApi(), what the
// fault says (all but the delay).
void ApplyFault(const Fault& fault, Response* response);

// The faults that are in force, tried in the order in which they were added.
//
// Threads: any. Fails: Add() alone.
class FaultScript {
 public:
  FaultScript();
  ~FaultScript();

  // INVALID_ARGUMENT for a bad path_regex.
  absl::Status Add(Fault fault);
  void Clear();

  // The first fault that meets this request; counts it.
  std::optional<Fault> Match(absl::string_view method, absl::string_view path);

 private:
  class Entry;

  Mutex mutex_;
  std::list<std::unique_ptr<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_FAULTS_H_
