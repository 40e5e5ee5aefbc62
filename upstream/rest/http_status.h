#ifndef WRIFTAI_UPSTREAM_REST_HTTP_STATUS_H_
#define WRIFTAI_UPSTREAM_REST_HTTP_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/http/http_message.h"

// The one place that turns what HTTP said into a status. A 404 is a delivered
// reply for the transport; only here does it become an error.
//
//   reply                        code                  reason
//   400, 422                     INVALID_ARGUMENT      REQUEST_REFUSED
//   413                          INVALID_ARGUMENT      REQUEST_TOO_LARGE
//   401                          UNAUTHENTICATED       TOKEN_REFUSED
//   402                          RESOURCE_EXHAUSTED    PAYMENT_REQUIRED
//   403                          PERMISSION_DENIED     FORBIDDEN
//   404, 410                     NOT_FOUND             NOT_FOUND
//   409; 400 to a cancel         FAILED_PRECONDITION   CONFLICT
//   429                          RESOURCE_EXHAUSTED    RATE_LIMITED
//   408, 503                     UNAVAILABLE           UPSTREAM_UNAVAILABLE
//   500, other 5xx to a read     UNAVAILABLE           UPSTREAM_UNAVAILABLE
//   500, 501 to a write          INTERNAL              UPSTREAM_FAILED
//   other 5xx to a create        UNKNOWN               CREATE_OUTCOME_UNKNOWN
//   other 5xx to a cancel        UNAVAILABLE           UPSTREAM_UNAVAILABLE
//   any other                    INTERNAL UPSTREAM_RESPONSE_INVALID
//
// 502 and 504 come from a proxy that may have passed the POST on; UNAVAILABLE
// would invite the caller's gRPC library to create a second prediction
// (AIP-194), so a create calls them what they are. All functions: any thread.

namespace wriftai {

enum class Operation { kGet, kList, kCreate, kCancel };

// What a call was about, for the error's sake.
struct CallSubject {
  Operation operation = Operation::kGet;

  // The prediction's id, or for a create the model: ResourceInfo's name.
  std::string resource;
};

// The error that `response` (not 2xx) is, with its details: ErrorInfo always,
// with metadata http_status and, where it was sent, upstream_request_id;
// BadRequest, QuotaFailure, PreconditionFailure, ResourceInfo, RetryInfo where
// they fit. `wall_now`: Scheduler::WallNow(), for the reset time.
absl::Status StatusFromReply(const HttpResponse& response,
                             const CallSubject& subject, absl::Time wall_now);

// The error that an undelivered reply is. `by_deadline`: the timeout that may
// have run out was the caller's deadline, not the gateway's own.
absl::Status StatusFromFailure(const TransportFailure& failure,
                               const CallSubject& subject, bool by_deadline);

// The upstream's own id of the request, to be given to its support; empty where
// it sent none. At most 128 bytes of it: longer ones are no ids, and trailers
// have little room. Valid as long as `response`.
absl::string_view UpstreamRequestId(const HttpResponse& response);

// INTERNAL, UPSTREAM_RESPONSE_INVALID: a 2xx whose body is not what was
// promised. `why` quotes at most kMaxQuotedBytes of it.
absl::Status InvalidReply(const HttpResponse& response, absl::string_view why);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_HTTP_STATUS_H_
