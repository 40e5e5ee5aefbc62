#ifndef WRIFTAI_UPSTREAM_CALL_TRACE_H_
#define WRIFTAI_UPSTREAM_CALL_TRACE_H_

#include <string>
#include <vector>

namespace wriftai {

// What one caller's call leaves upstream, and what the upstream says of it:
// what is sent along with its requests, and what is known of them afterwards.
// Requests that are made for several callers, as polls are, have none.
//
// Threads: loop. Shared by the one who began the call and the call itself,
// which may outlive him (CreateDeduplicator).
struct CallTrace {
  // Sent as the headers of that name; empty: not sent.
  std::string traceparent;
  std::string tracestate;

  // Requests that were sent, each attempt of a read included.
  int requests = 0;

  // Of the last response; 0: there was none.
  int http_status = 0;

  // UpstreamRequestId() of each response that has one, in their order: no more
  // than there are attempts.
  std::vector<std::string> request_ids;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CALL_TRACE_H_
