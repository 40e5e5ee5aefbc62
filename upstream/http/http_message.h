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

// What is asked of the upstream. A value; the transport copies nothing out of
// it but moves it in.
struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;

  // Absolute, http or https, already percent-encoded.
  std::string url;

  // Names in lower case. A value with a line break is refused by the
  // transport, never sent.
  std::vector<std::pair<std::string, std::string>> headers;

  // Sent as `authorization: Bearer …`; empty sends no such header.
  Secret bearer;

  // Requests share a connection only with those of the same scope: the key of
  // a credential, so that nothing left on a connection reaches another one.
  std::string connection_scope;

  // Sent with POST, also when empty. Never sent a second time: a POST whose
  // connection dies fails instead of moving to a new connection.
  std::string body;

  // From now until the whole response has arrived. Above zero.
  absl::Duration timeout = absl::Seconds(30);
};

// A delivered response, whatever its status: a 404 is one.
struct HttpResponse {
  int status = 0;

  // Names in lower case, in the order of arrival; of the final response, not of
  // interim ones.
  std::vector<std::pair<std::string, std::string>> headers;

  // Decoded (gzip, deflate), at most the transport's response limit.
  std::string body;

  // What the body takes of HttpOptions::max_bodies_bytes; to be kept for as
  // long as the body. Null: nothing.
  std::shared_ptr<const void> room;

  // The value of the first header of that lower-case name; empty where there
  // is none. Valid as long as this object.
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
    kConnect,           // Name, connection or TLS; nothing was sent.
    kInterrupted,       // Sending or receiving broke off.
    kTimeout,           // HttpRequest::timeout is over.
    kResponseTooLarge,  // The body exceeds the transport's limit.
    kNoRoom,            // All bodies together exceed it.
    kProtocol,          // What came back is not HTTP.
  };

  Kind kind = Kind::kInterrupted;

  // Whether a part of the request may have reached the server, so that it may
  // have acted on it. False only where that is certain.
  bool maybe_sent = true;

  // For a person; no secret, no body.
  std::string message;
};

using HttpResult = std::variant<HttpResponse, TransportFailure>;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_MESSAGE_H_
