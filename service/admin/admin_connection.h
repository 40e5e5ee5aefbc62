#ifndef WRIFTAI_SERVICE_ADMIN_ADMIN_CONNECTION_H_
#define WRIFTAI_SERVICE_ADMIN_ADMIN_CONNECTION_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/unique_fd.h"
#include "service/admin/admin_server.h"
#include "upstream/webhook/http_head.h"

namespace wriftai {

// One connection of the admin server: reads one request head, waits for the
// response, writes it, and lingers until the client closes. Closing with unread
// input would reset the connection and could lose the response.
//
// Threads: the server's. Owns: the socket. Fails: state kClosed.
class AdminConnection {
 public:
  enum class State {
    kReading,     // Reading the request head.
    kProcessing,  // head() is complete; call Respond() or RespondError().
    kWriting,     // Writing the response as the client reads it.
    kLingering,   // The response is written; waiting for the client to close.
    kClosed,
  };

  AdminConnection(UniqueFd socket, absl::Time deadline)
      : socket_(std::move(socket)), deadline_(deadline) {}

  int fd() const { return socket_.get(); }
  State state() const { return state_; }
  const HttpHead& head() const { return head_; }  // In kProcessing.

  // When to close it, unless it is in kProcessing.
  absl::Time deadline() const { return deadline_; }

  // When the client last accepted bytes of the response; in kWriting.
  absl::Time progress_at() const { return progress_at_; }

  // Reads or writes as much as it can without blocking.
  void OnReady(absl::Time now);

  void Respond(const std::shared_ptr<const AdminServer::Response>& response,
               absl::Time now);

  // Responds with the reason phrase of `status` as the body.
  void RespondError(int status, absl::Time now);

 private:
  void ReadHead(absl::Time now);
  void Discard();
  void Write(absl::Time now);

  const UniqueFd socket_;
  const absl::Time deadline_;
  State state_ = State::kReading;
  std::string input_;  // The head, as far as it has been read.
  HttpHead head_;
  std::string output_head_;
  std::shared_ptr<const AdminServer::Response> response_;
  size_t written_ = 0;  // Bytes of output_head_ and the body.
  size_t body_size_ = 0;
  absl::Time progress_at_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_CONNECTION_H_
