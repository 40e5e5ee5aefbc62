#ifndef WRIFTAI_UPSTREAM_REST_HTTP_STATUS_H_
#define WRIFTAI_UPSTREAM_REST_HTTP_STATUS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/http/http_message.h"
#include "upstream/rest/call_subject.h"

// The one place that turns what HTTP said into a status. A 404 is a delivered
// response for the transport; only here does it become an error.
//
//   response                     code                  reason
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
//   other 5xx to a cancel        UNAVAILABLE           UPSTREAM_UNAVAILABLE
//   any other                    INTERNAL UPSTREAM_RESPONSE_INVALID
//
// For a create the question behind the code is whether it is certain that
// nothing was created, since a second POST may be a second paid prediction:
//
//   response to a create         nothing was created?
//   400 to 407, 409 to 417,      yes: refused, whether by the API or by a proxy
//   421, 422, 426, 428, 431,     in front of it, which then did not pass it on.
//   451, 501                     The code is as above.
//   429, 503 of the API itself   yes. The code is as above.
//   any other 429 or 503; 408,   not certain: a proxy that lost its connection
//   460, 499; 5xx other than     to the API, or its patience, may have passed
//   500, 501 and 503             the POST on. UNKNOWN, CREATE_OUTCOME_UNKNOWN.
//   500, 3xx, anything else      not certain. The code is as above (INTERNAL),
//   without a meaning here,      with metadata create_outcome=unknown.
//   2xx that cannot be read
//
// "Of the API itself": `content-type: application/json`, and a body in the
// API's shape (UpstreamError::is_api_shape). What Envoy, nginx, HAProxy and the
// load balancers and content networks of the clouds write by themselves is
// text, HTML, empty, or JSON of another shape; x-ratelimit headers prove
// nothing, as Envoy sends them, too.
//
// Every error after which the prediction may exist says so in its message, has
// the metadata create_outcome=unknown, and is UNKNOWN or INTERNAL, which gRPC's
// libraries do not repeat by themselves (UNAVAILABLE invites them to: AIP-194),
// and which CreateDeduplicator keeps. All functions: any thread.

namespace wriftai {

// The error that `response` (not 2xx) is, with its details: ErrorInfo always,
// with metadata http_status and, where it was sent, upstream_request_id,
// upstream_error_type, upstream_error_code and upstream_error_detail (see
// UpstreamError); BadRequest, QuotaFailure, PreconditionFailure, ResourceInfo,
// RetryInfo where they fit. `wall_now`: EventLoop::WallNow(), for the reset
// time.
absl::Status StatusFromResponse(const HttpResponse& response,
                                const CallSubject& subject,
                                absl::Time wall_now);

// The error that an undelivered response is. `by_deadline`: the timeout that
// may have run out was the caller's deadline, not the gateway's own.
absl::Status StatusFromFailure(const TransportFailure& failure,
                               const CallSubject& subject, bool by_deadline);

// The upstream's own id of the request, to be given to its support; empty where
// it sent none. As SanitizeId() leaves it.
std::string UpstreamRequestId(const HttpResponse& response);

// INTERNAL, UPSTREAM_RESPONSE_INVALID: a 2xx whose body is not what was
// promised. `why` quotes at most kMaxQuotedBytes of it. After a create the
// prediction may exist, which the error says.
absl::Status InvalidResponse(const HttpResponse& response,
                             const CallSubject& subject, absl::string_view why);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_HTTP_STATUS_H_
