#ifndef WRIFTAI_UPSTREAM_CALL_TRACE_H_
#define WRIFTAI_UPSTREAM_CALL_TRACE_H_

#include <memory>
#include <string>
#include <vector>

namespace wriftai {

class RequestSpans;

// Trace data of one caller's call: headers sent with its upstream requests, or
// to the replica that makes them, and what the responses reported. Requests
// made for several callers, such as polls, have no trace.
//
// Threads: loop. Shared by the caller and the call, which may outlive the
// caller (CreateDeduplicator).
struct CallTrace {
  // The call's own id. Sent to other replicas as x-request-id.
  std::string request_id;

  // Sent as the headers of the same name. Empty: not sent.
  std::string traceparent;
  std::string tracestate;

  // Records the requests as spans, and replaces the headers above by theirs.
  // Null: the call is not recorded.
  std::shared_ptr<RequestSpans> spans;

  // Requests sent, counting each attempt of a read.
  int requests = 0;

  // Status of the last response. 0: no response yet.
  int http_status = 0;

  // UpstreamRequestId() of each response that has one, in order of arrival. At
  // most one per attempt.
  std::vector<std::string> request_ids;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CALL_TRACE_H_
