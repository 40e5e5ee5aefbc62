#include "service/webhook/webhook_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

using State = HttpRequestReader::State;

// What a refused sender may go on to send before it is cut off.
constexpr size_t kMaxThrownAway = 16 << 20;

}  // namespace

bool WebhookConnection::OnReadable(char* scratch, size_t scratch_size) {
  const ssize_t got = recv(socket_.get(), scratch, scratch_size, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) {
    // Balancers connect to see whether someone listens, and say nothing.
    if (reader_.has_value() && began_) Answer(WebhookOutcome::kIncomplete);
    return false;
  }
  began_ = true;
  const auto size = static_cast<size_t>(got);
  if (reader_.has_value()) return Take({scratch, size});
  thrown_away_ += size;
  return thrown_away_ <= kMaxThrownAway;
}

bool WebhookConnection::Take(absl::string_view bytes) {
  const State state = reader_->Feed(bytes);
  if (state == State::kFailed) {
    Answer(reader_->failure());
    return true;
  }
  if (state == State::kHead) return true;
  if (!head_passed_) {
    if (const auto refusal = receiver_.RefuseHead(reader_->head())) {
      Answer(*refusal);
      return state != State::kDone;
    }
    head_passed_ = true;
    if (state == State::kBody && reader_->head().expects_continue) {
      Send("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }
  if (state != State::kDone) return true;
  Answer(receiver_.Receive(reader_->head(), reader_->body()));
  return false;
}

void WebhookConnection::GiveUp(WebhookOutcome outcome) {
  if (reader_.has_value()) Answer(outcome);
}

void WebhookConnection::Answer(WebhookOutcome outcome) {
  counters_.Add(outcome);
  reader_.reset();
  const int status = WebhookHttpStatus(outcome);
  if (status == 0) return;
  Send(absl::StrCat(
      "HTTP/1.1 ", status, status == 200 ? " OK" : " Refused", "\r\n",
      outcome == WebhookOutcome::kMethodNotAllowed ? "allow: POST\r\n" : "",
      "content-length: 0\r\nconnection: close\r\n\r\n"));
  shutdown(socket_.get(), SHUT_WR);
}

void WebhookConnection::Send(absl::string_view text) const {
  // An empty socket takes so little at once; who has it full is no sender of
  // webhooks.
  send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace wriftai
