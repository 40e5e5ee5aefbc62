#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_CONNECTION_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_CONNECTION_H_

#include <any>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/http_server/http_handler.h"
#include "base/http_server/http_request_reader.h"
#include "base/unique_fd.h"

namespace wriftai {

// One connection of an HttpServer. Reads a request, waits for the response,
// writes it, and reads the next request or closes. Before it closes, it
// discards input for a while: closing with unread input would reset the
// connection, and the client might lose the response.
//
// Threads: the server's. Owns: the socket. The settings must outlive it. Fails:
// state kClosed.
class HttpConnection {
 public:
  enum class State {
    kReading,     // Reading a request, or waiting for one.
    kProcessing,  // Waiting for Respond().
    kWriting,     // Writing the response as the client reads it.
    kLingering,   // Waiting for the client to close.
    kClosed,
  };

  // What the connections of a server have in common.
  struct Settings {
    HttpRequestReader::Limits limits;
    absl::Duration timeout;
    bool keep_alive = false;
    HttpHandler* handler = nullptr;
    std::shared_ptr<ResponseQueue> responses;
  };

  HttpConnection(uint64_t id, UniqueFd socket, absl::Time now,
                 const Settings& settings);

  uint64_t id() const { return id_; }
  int fd() const { return socket_.get(); }
  State state() const { return state_; }

  // When to close it, unless it is in kProcessing. Never becomes earlier.
  absl::Time deadline() const { return deadline_; }

  // When the client last accepted bytes of the response; in kWriting.
  absl::Time progress_at() const { return progress_at_; }

  // The memory held for an incomplete request.
  size_t held_bytes() const { return reader_->held_bytes(); }

  // Reads or writes as much as it can without blocking, at most `size` bytes
  // through `scratch`.
  void OnReady(char* scratch, size_t size, absl::Time now);

  void Respond(SharedResponse response, absl::Time now);

  // Tells the handler if it is in kReading, and sends that response. The caller
  // then closes the connection.
  void Abort(HttpFailure reason);

 private:
  void Read(char* scratch, size_t size, absl::Time now);
  void Consume(absl::string_view bytes, absl::Time now);
  void Dispatch(std::optional<HttpFailure> failure, absl::Time now);
  void Write(absl::Time now);
  void ExpectNextRequest(absl::Time now);
  void Discard(char* scratch, size_t size);
  void SendNow(absl::string_view text) const;
  std::string Peer() const;

  const uint64_t id_;
  const UniqueFd socket_;
  const Settings& settings_;
  absl::Time deadline_;
  State state_ = State::kReading;

  // The request.
  // Never empty. Replaced, not assigned to: strings keep their memory then.
  std::optional<HttpRequestReader> reader_;
  bool is_first_ = true;        // Of the connection.
  bool received_ = false;       // At least one byte was received.
  bool head_accepted_ = false;  // RejectHead() did not reject it.
  std::any context_;
  std::string rest_;  // What arrived after it.

  // The response.
  absl::Time dispatched_at_;
  bool close_ = false;
  bool omit_body_ = false;  // HEAD.
  std::string output_head_;
  SharedResponse response_;
  int64_t written_ = 0;  // Bytes of output_head_ and the body.
  absl::Time progress_at_;
  size_t discarded_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_CONNECTION_H_
