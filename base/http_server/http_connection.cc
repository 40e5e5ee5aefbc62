#include "base/http_server/http_connection.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/socket_address.h"

namespace wriftai {
namespace {

using ReaderState = HttpRequestReader::State;

// How much a client may still send after the response before it is
// disconnected.
constexpr size_t kMaxDiscardedBytes = 16 << 20;

// Sent repeatedly as padding.
constexpr size_t kPaddingChunkBytes = 64 << 10;

bool WouldBlock(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EINTR);
}

absl::string_view PaddingChunk() {
  static const auto* const chunk = new std::string(kPaddingChunkBytes, 'x');
  return *chunk;
}

bool AllowsKeepAlive(const HttpHead& head) {
  if (head.minor_version == 0) return false;
  for (const absl::string_view value : head.Values("connection")) {
    for (const absl::string_view option : absl::StrSplit(value, ',')) {
      if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(option), "close")) {
        return false;
      }
    }
  }
  return true;
}

// The parts of a message that are left after its first `written` bytes.
class Parts {
 public:
  explicit Parts(int64_t written) : skip_(written) {}

  void Add(absl::string_view text) {
    const auto size = static_cast<int64_t>(text.size());
    if (skip_ >= size) {
      skip_ -= size;
      return;
    }
    text.remove_prefix(static_cast<size_t>(skip_));
    skip_ = 0;
    // sendmsg() does not write to it.
    parts_[count_++] = {const_cast<char*>(text.data()), text.size()};
  }

  // Adds the next chunk of `size` bytes of padding. Returns whether that is all
  // of it.
  bool AddPadding(int64_t size) {
    const int64_t left = size - std::min(size, skip_);
    skip_ -= size - left;
    const absl::string_view chunk = PaddingChunk().substr(
        0, static_cast<size_t>(std::min<int64_t>(left, kPaddingChunkBytes)));
    if (!chunk.empty()) Add(chunk);
    return static_cast<int64_t>(chunk.size()) == left;
  }

  bool empty() const { return count_ == 0; }

  ssize_t Send(int fd) {
    msghdr message = {};
    message.msg_iov = parts_.data();
    message.msg_iovlen = count_;
    return sendmsg(fd, &message, MSG_NOSIGNAL);
  }

 private:
  int64_t skip_;
  std::array<iovec, 4> parts_ = {};
  size_t count_ = 0;
};

}  // namespace

HttpConnection::HttpConnection(uint64_t id, UniqueFd socket, absl::Time now,
                               const Settings& settings)
    : id_(id),
      socket_(std::move(socket)),
      settings_(settings),
      deadline_(now + settings.timeout),
      reader_(settings.limits) {}

void HttpConnection::OnReady(char* scratch, size_t size, absl::Time now) {
  switch (state_) {
    case State::kReading:
      return Read(scratch, size, now);
    case State::kWriting:
      return Write(now);
    case State::kLingering:
      return Discard(scratch, size);
    case State::kProcessing:
    case State::kClosed:
      return;
  }
}

void HttpConnection::Read(char* scratch, size_t size, absl::Time now) {
  const ssize_t got = recv(fd(), scratch, size, 0);
  if (WouldBlock(got)) return;
  if (got <= 0) {
    // Load balancers connect as a health check and send nothing.
    if (received_) Abort(HttpFailure::kDisconnected);
    state_ = State::kClosed;
    return;
  }
  // The time between requests does not count as time of the next.
  if (!received_ && !is_first_) deadline_ = now + settings_.timeout;
  Consume({scratch, static_cast<size_t>(got)}, now);
}

void HttpConnection::Consume(absl::string_view bytes, absl::Time now) {
  received_ = true;
  const ReaderState read = reader_->Feed(bytes);
  if (read == ReaderState::kHead) return;
  if (read == ReaderState::kFailed) return Dispatch(reader_->failure(), now);
  if (!head_accepted_) {
    auto rejection = settings_.handler->RejectHead(reader_->head(), context_);
    if (rejection.has_value()) {
      reader_.emplace(settings_.limits);
      close_ = true;
      return Respond(
          std::make_shared<const ServerResponse>(*std::move(rejection)), now);
    }
    head_accepted_ = true;
    if (read == ReaderState::kBody && reader_->head().expects_continue) {
      SendNow("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }
  if (read == ReaderState::kDone) Dispatch(std::nullopt, now);
}

void HttpConnection::Dispatch(std::optional<HttpFailure> failure,
                              absl::Time now) {
  IncomingRequest request;
  request.failure = failure;
  request.peer = Peer();
  request.context = std::move(context_);
  request.head = reader_->TakeHead();
  request.body = reader_->TakeBody();
  close_ = failure.has_value() || !settings_.keep_alive ||
           !AllowsKeepAlive(request.head);
  if (!close_) rest_ = reader_->TakeRest();
  reader_.emplace(settings_.limits);
  omit_body_ = request.head.method == "HEAD";
  state_ = State::kProcessing;
  dispatched_at_ = now;
  settings_.handler->Handle(std::move(request),
                            HttpResponder(settings_.responses, id_));
}

void HttpConnection::Respond(SharedResponse response, absl::Time now) {
  if (response->status == 0) {
    state_ = State::kClosed;
    return;
  }
  close_ = close_ || response->close;
  output_head_ = HeadOf(*response, close_);
  response_ = std::move(response);
  // The time in between is not the client's.
  if (state_ == State::kProcessing) deadline_ += now - dispatched_at_;
  state_ = State::kWriting;
  progress_at_ = now;
  Write(now);
}

void HttpConnection::Write(absl::Time now) {
  for (;;) {
    Parts parts(written_);
    parts.Add(output_head_);
    if (!omit_body_) {
      parts.Add(response_->body);
      if (parts.AddPadding(response_->padding_bytes)) {
        parts.Add(response_->tail);
      }
    }
    if (parts.empty()) break;
    const ssize_t sent = parts.Send(fd());
    if (WouldBlock(sent)) return;
    if (sent <= 0) {
      state_ = State::kClosed;
      return;
    }
    written_ += sent;
    progress_at_ = now;
  }
  response_ = nullptr;
  if (!close_) return ExpectNextRequest(now);
  output_head_ = std::string();
  shutdown(fd(), SHUT_WR);
  state_ = State::kLingering;
}

void HttpConnection::ExpectNextRequest(absl::Time now) {
  state_ = State::kReading;
  deadline_ = now + settings_.timeout;
  is_first_ = false;
  received_ = false;
  head_accepted_ = false;
  written_ = 0;
  if (rest_.empty()) return;
  const std::string rest = std::exchange(rest_, std::string());
  Consume(rest, now);
}

void HttpConnection::Discard(char* scratch, size_t size) {
  const ssize_t got = recv(fd(), scratch, size, 0);
  if (WouldBlock(got)) return;
  if (got > 0) discarded_bytes_ += static_cast<size_t>(got);
  if (got <= 0 || discarded_bytes_ > kMaxDiscardedBytes) {
    state_ = State::kClosed;
  }
}

void HttpConnection::Abort(HttpFailure reason) {
  if (state_ != State::kReading) return;
  const auto response = settings_.handler->OnAbort(reason);
  if (!response.has_value() || response->status == 0) return;
  SendNow(absl::StrCat(HeadOf(*response, /*close=*/true), response->body));
  shutdown(fd(), SHUT_WR);
}

void HttpConnection::SendNow(absl::string_view text) const {
  // An empty socket buffer accepts this much at once. A client that lets it
  // fill up may lose the text.
  send(fd(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::string HttpConnection::Peer() const {
  const auto peer = PeerAddressOf(fd());
  return peer.has_value() ? IpOf(*peer) : "";
}

}  // namespace wriftai
