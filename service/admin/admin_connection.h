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

// One connection of the operators' server: reads the head of one request, waits
// for its response, writes it, and lingers until the client has closed, since
// closing with unread input could destroy the response on its way.
//
// Threads: the server's. Owns: the socket. Fails: by kClosed.
class AdminConnection {
 public:
  enum class State {
    kReading,    // The head of the request.
    kAsked,      // It is read: take head(), then Respond() or RespondError().
    kWriting,    // The response, as far as the client takes it.
    kLingering,  // All is written.
    kClosed,
  };

  AdminConnection(UniqueFd socket, absl::Time deadline)
      : socket_(std::move(socket)), deadline_(deadline) {}

  int fd() const { return socket_.get(); }
  State state() const { return state_; }
  const HttpHead& head() const { return head_; }  // In kAsked.

  // When it must be closed, unless its page is being made.
  absl::Time deadline() const { return deadline_; }

  // When the client last took a part of the response; in kWriting.
  absl::Time progress_at() const { return progress_at_; }

  // Reads or writes what is possible now.
  void OnReady(absl::Time now);

  void Respond(const std::shared_ptr<const AdminServer::Response>& response,
               absl::Time now);

  // A response without a page, of the status' own text.
  void RespondError(int status, absl::Time now);

 private:
  void ReadHead(absl::Time now);
  void Discard();
  void Write(absl::Time now);

  const UniqueFd socket_;
  const absl::Time deadline_;
  State state_ = State::kReading;
  std::string input_;  // Of the head.
  HttpHead head_;
  std::string output_head_;
  std::shared_ptr<const AdminServer::Response> response_;
  size_t written_ = 0;  // Of output_head_ and the body.
  size_t body_size_ = 0;
  absl::Time progress_at_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_CONNECTION_H_
