#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_TRANSFER_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_TRANSFER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/byte_budget.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"
#include "upstream/http/pooled_connection.h"
#include "upstream/http/response_buffer.h"

namespace wriftai {

// What one body takes of a budget; it grows in steps.
struct BodyRoom {
  std::vector<ByteBudget::Hold> holds;
  size_t bytes = 0;  // That the body may have.
};

// One request and what libcurl points to while it works on it. Who runs the
// multi handle adds and removes easy(), and tells what libcurl said at the end.
//
// A POST is never sent twice. libcurl sends a request again by itself when a
// reused connection dies before the first byte of a response, and when an
// HTTP/2 server refuses the stream; with a body in memory nothing stops it.
// Refusing to rewind the body would not do either: an empty body needs no
// rewinding. But before each attempt libcurl asks CURLOPT_PREREQFUNCTION, after
// the connection and TLS are there and before the first byte of the request. So
// that function counts, and lets a POST pass once. The same count tells for
// sure whether anything can have been sent.
//
// A reused connection on which something has arrived since the last response
// is not used: libcurl 7.88 would take it for the answer. The transfer then
// ends with is_stale(), unsent, and is to be started on another connection.
// What a response has behind its end in libcurl's buffer is dropped there; it
// says so in its debug log alone, which therefore is read, and the connection
// is closed.
//
// Threads: one. Owns: request, response, easy handle. `options` and `bodies`
// must outlive this, which must outlive the easy handle's time in a multi
// handle. Fails: Prepare(); all else as a TransportFailure.
class CurlTransfer {
 public:
  // `bodies`: what the bodies of all responses take, as HttpOptions says.
  CurlTransfer(HttpRequest request, const HttpOptions& options,
               ByteBudget& bodies);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // Checks the request and sets `easy`, new or reset, up for it.
  // INVALID_ARGUMENT from CheckRequest(), INTERNAL from libcurl.
  absl::Status Prepare(CurlEasy easy);

  // Where it runs from now on; Release() before that goes. `connection` must
  // outlive its use.
  void Use(PooledConnection& connection);

  // What Use() gave, detached; null where there was none.
  PooledConnection* Release();

  // The connection had unexpected input, and nothing was sent.
  bool is_stale() const { return is_stale_; }
  CURL* easy() const { return easy_.get(); }
  CurlEasy TakeEasy() { return std::move(easy_); }
  const HttpRequest& request() const { return request_; }
  absl::Duration timeout() const { return request_.timeout; }

  // What the transfer came to when libcurl ended it with `code`; once.
  HttpResult Finish(CURLcode code);

  // A failure for a reason of the gateway's.
  TransportFailure Fail(TransportFailure::Kind kind, std::string message) const;

 private:
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  static int OnDebug(CURL* easy, curl_infotype type, char* data, size_t size,
                     void* self);
  static int OnAttempt(void* self, char* remote_ip, char* local_ip,
                       int remote_port, int local_port);

  bool MakeRoom(size_t bytes);
  void SetConnection(CurlOptions& set) const;
  void SetRequest(CurlOptions& set);
  void SetResponse(CurlOptions& set);

  const HttpOptions& options_;
  ByteBudget& bodies_;
  HttpRequest request_;
  CurlHeaders headers_;
  ResponseBuffer response_;
  BodyRoom room_;
  bool lacks_room_ = false;

  PooledConnection* connection_ = nullptr;
  bool is_stale_ = false;

  // How often a connection was ready for the request.
  int attempts_ = 0;

  char error_[CURL_ERROR_SIZE] = {};
  CurlEasy easy_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_TRANSFER_H_
