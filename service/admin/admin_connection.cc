#include "service/admin/admin_connection.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wriftai {
namespace {

// Same as the webhook listener. A scrape's head has a few hundred bytes.
constexpr size_t kMaxHeadBytes = 8 << 10;

constexpr absl::string_view kHeadEnd = "\r\n\r\n";

const char* ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

bool WouldBlock(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace

void AdminConnection::OnReady(absl::Time now) {
  switch (state_) {
    case State::kReading:
      return ReadHead(now);
    case State::kWriting:
      return Write(now);
    case State::kLingering:
      return Discard();
    case State::kProcessing:
    case State::kClosed:
      return;
  }
}

void AdminConnection::ReadHead(absl::Time now) {
  char chunk[kMaxHeadBytes];
  const ssize_t got = recv(fd(), chunk, sizeof(chunk), 0);
  if (WouldBlock(got)) return;
  if (got <= 0) {
    state_ = State::kClosed;
    return;
  }
  input_.append(chunk, static_cast<size_t>(got));
  const size_t end = input_.find(kHeadEnd.data());
  if (end == std::string::npos) {
    if (input_.size() >= kMaxHeadBytes) RespondError(400, now);
    return;
  }
  auto head =
      ParseHttpHead(absl::string_view(input_).substr(0, end + kHeadEnd.size()));
  input_ = std::string();
  if (!head.has_value()) return RespondError(400, now);
  head_ = *std::move(head);
  state_ = State::kProcessing;
}

void AdminConnection::RespondError(int status, absl::Time now) {
  head_.method = "GET";
  auto response = std::make_shared<AdminServer::Response>();
  response->status = status;
  response->body = absl::StrCat(ReasonPhrase(status), "\n");
  Respond(response, now);
}

void AdminConnection::Respond(
    const std::shared_ptr<const AdminServer::Response>& response,
    absl::Time now) {
  output_head_ = absl::StrCat(
      "HTTP/1.1 ", response->status, " ", ReasonPhrase(response->status),
      "\r\ncontent-type: ", response->content_type,
      "\r\ncontent-length: ", response->body.size(),
      "\r\ncache-control: no-store\r\nconnection: close\r\n", response->headers,
      "\r\n");
  response_ = response;
  body_size_ = head_.method == "HEAD" ? 0 : response->body.size();
  state_ = State::kWriting;
  progress_at_ = now;
  Write(now);
}

void AdminConnection::Write(absl::Time now) {
  const size_t total = output_head_.size() + body_size_;
  while (written_ < total) {
    iovec parts[2] = {};
    int count = 0;
    const auto add = [&](const std::string& text, size_t size, size_t from) {
      if (from >= size) return;
      parts[count++] = {const_cast<char*>(text.data()) + from, size - from};
    };
    const size_t head_size = output_head_.size();
    add(output_head_, head_size, written_);
    add(response_->body, body_size_,
        written_ > head_size ? written_ - head_size : 0);
    msghdr message = {};
    message.msg_iov = parts;
    message.msg_iovlen = static_cast<size_t>(count);
    const ssize_t sent = sendmsg(fd(), &message, MSG_NOSIGNAL);
    if (WouldBlock(sent)) return;
    if (sent <= 0) {
      state_ = State::kClosed;
      return;
    }
    written_ += static_cast<size_t>(sent);
    progress_at_ = now;
  }
  shutdown(fd(), SHUT_WR);
  response_ = nullptr;
  output_head_ = std::string();
  state_ = State::kLingering;
  Discard();
}

// Discards whatever follows the request, until the client closes.
void AdminConnection::Discard() {
  char chunk[kMaxHeadBytes];
  const ssize_t got = recv(fd(), chunk, sizeof(chunk), 0);
  if (got > 0 || WouldBlock(got)) return;
  state_ = State::kClosed;
}

}  // namespace wriftai
