#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_TRANSFER_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_TRANSFER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/byte_budget.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"
#include "upstream/http/pooled_connection.h"
#include "upstream/http/response_buffer.h"
#include "upstream/http/url_parser.h"

namespace wriftai {

// Memory budget held by one body. Grows in steps.
struct BodyMemory {
  std::vector<ByteBudget::Hold> holds;
  size_t bytes = 0;  // Held in total.
};

// One request, and the state that libcurl points to while it runs. The owner of
// the multi handle adds and removes easy(), and passes libcurl's result to
// Finish().
//
// A POST is never sent twice. libcurl resends a request by itself when a reused
// connection closes before the first byte of a response, and when an HTTP/2
// server refuses the stream. Failing the rewind of the body would not prevent
// that: an empty body needs no rewind. But before each attempt, libcurl calls
// CURLOPT_PREREQFUNCTION, after connection and TLS are ready and before the
// first byte of the request. That function counts attempts and allows one per
// POST. The count also shows whether anything may have been sent.
//
// A reused connection with unexpected input since the last response is not
// used: libcurl 7.88 would take that input for the response. The transfer then
// ends unsent, with is_stale(), and must be started on another connection.
// libcurl drops data after the end of a response in its buffer and reports that
// only in its debug log. So this reads the log, and closes the connection.
//
// A body that arrives faster than the loop takes it pauses in between, since
// libcurl reads up to 100 buffers before it returns, which takes the loop 10 to
// 20 ms. The owner then calls Resume() in the loop's next round.
//
// Threads: one. Owns: request, response, easy handle. `options` and `bodies`
// must outlive this. The easy handle must leave the multi handle before this is
// destroyed. Fails: Prepare(); all else as a TransportFailure.
class CurlTransfer {
 public:
  // Called when the transfer has paused, inside libcurl.
  using OnPause = absl::AnyInvocable<void()>;

  // `bodies`: HttpOptions::max_bodies_bytes, shared by all transfers.
  CurlTransfer(HttpRequest request, const HttpOptions& options,
               ByteBudget& bodies, OnPause on_pause);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // A handle with the options that all transfers share.
  static CurlEasy NewEasy(const HttpOptions& options);

  // Checks the request and sets up `easy`, from NewEasy() or TakeEasy().
  // INVALID_ARGUMENT from CheckRequest(), INTERNAL from libcurl.
  absl::Status Prepare(CurlEasy easy, UrlParser& urls);

  // Runs on `connection` from now on, which must outlive the use until
  // Release().
  void Use(PooledConnection& connection);

  // Detaches and returns the connection of Use(), or null.
  PooledConnection* Release();

  // Continues after OnPause. Any result but CURLE_OK ended the transfer: pass
  // it to Finish(), as libcurl does not report it again.
  CURLcode Resume();

  // The connection had unexpected input, and nothing was sent.
  bool is_stale() const { return is_stale_; }
  CURL* easy() const { return easy_.get(); }

  // The handle, for another transfer with the same options. What it still
  // points at, Prepare() replaces before libcurl uses it.
  CurlEasy TakeEasy();

  const HttpRequest& request() const { return request_; }
  absl::Duration timeout() const { return request_.timeout; }

  // The result after libcurl ended the transfer with `code`. Call once.
  HttpResult Finish(CURLcode code);

  // A failure caused by the gateway.
  TransportFailure Fail(TransportFailure::Kind kind, std::string message) const;

 private:
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  static int OnDebug(CURL* easy, curl_infotype type, char* data, size_t size,
                     void* self);
  static int OnAttempt(void* self, char* remote_ip, char* local_ip,
                       int remote_port, int local_port);

  bool MayPause() const;
  bool ReserveMemory(size_t bytes);
  void SetRequest(CurlOptions& set);
  void SetMethod(CurlOptions& set);
  void AddHeaders();
  void SetCallbacks(CurlOptions& set);

  const HttpOptions& options_;
  ByteBudget& bodies_;
  OnPause on_pause_;
  HttpRequest request_;
  CurlUrl url_;  // Of the request.
  CurlHeaders headers_;
  ResponseBuffer response_;
  BodyMemory memory_;
  bool memory_exhausted_ = false;
  size_t bytes_until_pause_;

  PooledConnection* connection_ = nullptr;
  bool is_stale_ = false;

  // How often a connection was ready to send the request.
  int attempts_ = 0;

  char error_[CURL_ERROR_SIZE] = {};
  CurlEasy easy_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_TRANSFER_H_
