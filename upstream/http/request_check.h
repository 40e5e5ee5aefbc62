#ifndef WRIFTAI_UPSTREAM_HTTP_REQUEST_CHECK_H_
#define WRIFTAI_UPSTREAM_HTTP_REQUEST_CHECK_H_

#include "absl/status/statusor.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/http_message.h"
#include "upstream/http/url_parser.h"

namespace wriftai {

// The URL of `request`, parsed by `urls`. INVALID_ARGUMENT with the reason if
// the request must not be sent:
// - a URL that UrlParser rejects;
// - a header name that is not a token (RFC 9110), or that only the transport
//   may set because it frames or routes the message;
// - CR, LF or NUL in a header value or the bearer; both a bearer and an
//   `authorization` header;
// - a body with GET. The message quotes no value. The thread of `urls`.
absl::StatusOr<CurlUrl> CheckRequest(const HttpRequest& request,
                                     UrlParser& urls);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_REQUEST_CHECK_H_
