#ifndef WRIFTAI_UPSTREAM_HTTP_HTTP_MESSAGE_H_
#define WRIFTAI_UPSTREAM_HTTP_HTTP_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace wriftai {

enum class HttpMethod { kGet, kPost };

// A request to the upstream. A value; the transport moves it in.
struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;

  // Absolute, http or https, percent-encoded.
  std::string url;

  // Names in lower case. The transport rejects a value with a line break.
  std::vector<std::pair<std::string, std::string>> headers;

  // Sent as `authorization: Bearer …`. Empty: no such header.
  Secret bearer;

  // Requests only share connections with requests of the same scope, the key of
  // a credential. Data left on a connection cannot reach another credential.
  std::string connection_scope;

  // To another replica, which no proxy of the environment reaches.
  bool without_proxy = false;

  // Sent with POST, even when empty. Never sent twice: a POST whose connection
  // is lost fails instead of moving to a new connection.
  std::string body;

  // From now until the whole response has arrived. Must be positive.
  absl::Duration timeout = absl::Seconds(30);
};

// A delivered response with any status, such as 404.
struct HttpResponse {
  int status = 0;

  // Of the final response, without interim ones. Names in lower case, in order
  // of arrival.
  std::vector<std::pair<std::string, std::string>> headers;

  // Decoded (gzip, deflate), at most the transport's response limit.
  std::string body;

  // The body's part of HttpOptions::max_bodies_bytes. Keep it as long as the
  // body. Null: none.
  std::shared_ptr<const void> memory;

  // The value of the first header of that lower-case name, or empty. Valid as
  // long as this object.
  absl::string_view Header(absl::string_view name) const {
    for (const auto& header : headers) {
      if (header.first == name) return header.second;
    }
    return {};
  }
};

// No response was delivered.
struct TransportFailure {
  enum class Kind {
    kInvalidRequest,    // The URL or a header cannot be sent.
    kConnect,           // DNS, connection or TLS failed; nothing was sent.
    kInterrupted,       // The connection was lost while sending or receiving.
    kTimeout,           // HttpRequest::timeout expired.
    kResponseTooLarge,  // The response exceeds a limit of the transport.
    kMemoryExhausted,   // All bodies together exceed max_bodies_bytes.
    kProtocol,          // The response is not valid HTTP.
  };

  Kind kind = Kind::kInterrupted;

  // Whether any part of the request may have reached the server, which may have
  // acted on it. False only if that is impossible.
  bool maybe_sent = true;

  // Human-readable. Contains no secret and no body.
  std::string message;
};

using HttpResult = std::variant<HttpResponse, TransportFailure>;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_MESSAGE_H_
