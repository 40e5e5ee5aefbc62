#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_HANDLER_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_HANDLER_H_

#include <any>
#include <optional>
#include <string>

#include "base/http_server/http_failure.h"
#include "base/http_server/http_head.h"
#include "base/http_server/http_responder.h"
#include "base/http_server/server_response.h"

namespace wriftai {

struct IncomingRequest {
  HttpHead head;  // Empty after kMalformed and kHeadTooLarge.
  std::string body;
  std::string peer;  // The client's IP address.
  std::any context;  // See HttpHandler::RejectHead().

  // kMalformed, kHeadTooLarge or kBodyTooLarge: the request is incomplete, and
  // its connection will be closed.
  std::optional<HttpFailure> failure;
};

// Serves the requests of an HttpServer.
//
// Threads: all methods run on the server's thread and must not block.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // Returns the response if the head alone rules out the request; its body is
  // then discarded. Otherwise `context` is kept for Handle().
  virtual std::optional<ServerResponse> RejectHead(const HttpHead& /*head*/,
                                                   std::any& /*context*/) {
    return std::nullopt;
  }

  // Handles a request. `responder` sends the response, now or later.
  virtual void Handle(IncomingRequest request, HttpResponder responder) = 0;

  // A connection ends within a request: kTimedOut, kEvicted, or, if part of the
  // request has arrived, kDisconnected. Returns the response, if any.
  virtual std::optional<ServerResponse> OnAbort(HttpFailure /*reason*/) {
    return std::nullopt;
  }
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_HANDLER_H_
