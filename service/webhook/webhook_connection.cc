#include "service/webhook/webhook_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

using State = HttpRequestReader::State;

// How much a rejected sender may still send before it is disconnected.
constexpr size_t kMaxDiscardedBytes = 16 << 20;

}  // namespace

bool WebhookConnection::OnReadable(char* scratch, size_t scratch_size) {
  const ssize_t got = recv(socket_.get(), scratch, scratch_size, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) {
    // Load balancers connect as a health check and send nothing.
    if (reader_.has_value() && received_) Respond(WebhookOutcome::kIncomplete);
    return false;
  }
  received_ = true;
  const auto size = static_cast<size_t>(got);
  if (reader_.has_value()) return Consume({scratch, size});
  discarded_bytes_ += size;
  return discarded_bytes_ <= kMaxDiscardedBytes;
}

bool WebhookConnection::Consume(absl::string_view bytes) {
  const State state = reader_->Feed(bytes);
  if (state == State::kFailed) {
    Respond(reader_->failure());
    return true;
  }
  if (state == State::kHead) return true;
  if (!accepted_.has_value()) {
    const HttpHead& head = reader_->head();
    auto accepted = receiver_.AcceptHead(head.method, head.target,
                                         head.Values(kWebhookSignatureHeader));
    if (const auto* const rejection = std::get_if<WebhookOutcome>(&accepted)) {
      Respond(*rejection);
      return state != State::kDone;
    }
    accepted_ = std::get<WebhookReceiver::AcceptedHead>(std::move(accepted));
    if (state == State::kBody && head.expects_continue) {
      Send("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }
  if (state != State::kDone) return true;
  Respond(receiver_.Receive(*accepted_, reader_->body()));
  return false;
}

void WebhookConnection::Abort(WebhookOutcome outcome) {
  if (reader_.has_value()) Respond(outcome);
}

void WebhookConnection::Respond(WebhookOutcome outcome) {
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
  // An empty socket buffer accepts this much at once. A peer that lets it fill
  // up is not a webhook sender, and may lose the response.
  send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace wriftai
