#ifndef WRIFTAI_TESTS_UPSTREAM_REST_RESPONSE_STATUS_H_
#define WRIFTAI_TESTS_UPSTREAM_REST_RESPONSE_STATUS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "upstream/http/http_message.h"
#include "upstream/rest/call_subject.h"
#include "upstream/rest/http_status.h"

// A response of the API, and the status of each operation that gets it.

namespace wriftai {

inline constexpr char kPredictionId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

inline HttpResponse Response(int status,
                             std::string body = "{\"detail\":\"no\"}") {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = {{"x-request-id", "req-1"},
                      {"content-type", "application/json"}};
  return response;
}

inline absl::Status ToOperation(const HttpResponse& response,
                                const CallSubject& subject) {
  // The tests' reset times and dates are relative to it.
  const absl::Time wall_now = absl::FromUnixSeconds(1'751'414'800);
  return StatusFromResponse(response, subject, wall_now);
}

inline absl::Status ToGet(const HttpResponse& response) {
  return ToOperation(response, {Operation::kGet, kPredictionId});
}
inline absl::Status ToCreate(const HttpResponse& response) {
  return ToOperation(response, {Operation::kCreate, "a/b"});
}
inline absl::Status ToCancel(const HttpResponse& response) {
  return ToOperation(response, {Operation::kCancel, kPredictionId});
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_REST_RESPONSE_STATUS_H_
