#ifndef WRIFTAI_UPSTREAM_REST_UPSTREAM_RESULT_H_
#define WRIFTAI_UPSTREAM_REST_UPSTREAM_RESULT_H_

#include <array>
#include <cstddef>

#include "upstream/http/http_message.h"

namespace wriftai {

// How a request to the upstream ended, as one of a fixed list, so that no
// upstream can add values to metrics: each HTTP status that http_status.h
// names, the class of any other, or why there was no response.
//
// Any thread. A value.
class UpstreamResult {
 public:
  // `deadline` was the caller's, `timeout` the gateway's. `canceled`: nobody
  // waited for the response any more.
  static constexpr std::array<const char*, 35> kNames = {
      // Statuses, ascending.
      "200", "201", "202", "204", "400", "401", "402", "403", "404", "408",
      "409", "410", "413", "422", "429", "499", "500", "501", "502", "503",
      "504",
      // The classes of other statuses.
      "2xx", "3xx", "4xx", "5xx", "other",
      // In the order of TransportFailure::Kind.
      "invalid_request", "connect", "interrupted", "timeout",
      "response_too_large", "memory_exhausted", "protocol",
      // Neither.
      "deadline", "canceled"};

  // `by_deadline`: a timeout was the caller's deadline, not the gateway's.
  static UpstreamResult Of(const HttpResult& result, bool by_deadline);
  static UpstreamResult Canceled() { return UpstreamResult(kNames.size() - 1); }

  // `index`: of kNames.
  static UpstreamResult FromIndex(size_t index) {
    return UpstreamResult(index);
  }
  size_t index() const { return index_; }
  const char* name() const { return kNames[index_]; }

  // Whether a response was delivered, with any status.
  bool is_response() const;

  // What it says about the upstream. Any status below 500 shows that it works;
  // a deadline of the caller, for example, shows nothing.
  enum class Verdict { kWorks, kFails, kUnknown };
  Verdict verdict() const;

  // The failure for people, such as "HTTP 503" or "no response in time".
  const char* description() const;

 private:
  explicit UpstreamResult(size_t index) : index_(index) {}

  size_t index_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_UPSTREAM_RESULT_H_
