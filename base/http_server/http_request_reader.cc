#include "base/http_server/http_request_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace wriftai {
namespace {

constexpr absl::string_view kHeadEnd = "\r\n\r\n";

// A size, and an extension, which senders do not use.
constexpr size_t kMaxChunkLineBytes = 64;

// 256 MiB: above any limit, without overflow.
constexpr size_t kMaxSizeDigits = 7;

}  // namespace

HttpRequestReader::State HttpRequestReader::Feed(absl::string_view bytes) {
  if (state_ == State::kDone || state_ == State::kFailed) return state_;
  buffer_.append(bytes.data(), bytes.size());
  while (Step()) {
  }
  buffer_.erase(0, used_);
  used_ = 0;
  return state_;
}

// Returns whether another step may be possible with the buffered bytes.
bool HttpRequestReader::Step() {
  switch (part_) {
    case Part::kHead:
      return ReadHead();
    case Part::kSized:
    case Part::kChunk:
      return ReadData();
    case Part::kChunkSize:
    case Part::kChunkEnd:
    case Part::kTrailer:
      return ReadLine();
  }
  return false;
}

bool HttpRequestReader::ReadHead() {
  const size_t end = buffer_.find(kHeadEnd.data(), searched_);
  const size_t size =
      end == std::string::npos ? buffer_.size() : end + kHeadEnd.size();
  if (size > limits_.max_head_bytes) {
    return Fail(HttpFailure::kHeadTooLarge);
  }
  if (end == std::string::npos) {
    searched_ = size - std::min(size, kHeadEnd.size() - 1);
    return false;
  }
  const absl::string_view text = absl::string_view(buffer_).substr(0, size);
  // The request line and the empty line are no headers.
  if (std::count(text.begin(), text.end(), '\n') >
      static_cast<ptrdiff_t>(limits_.max_headers) + 2) {
    return Fail(HttpFailure::kHeadTooLarge);
  }
  auto head = ParseHttpHead(text);
  if (!head.has_value()) return Fail(HttpFailure::kMalformed);
  head_ = *std::move(head);
  used_ = size;
  if (head_.content_length > static_cast<int64_t>(limits_.max_body_bytes)) {
    return Fail(HttpFailure::kBodyTooLarge);
  }
  state_ = State::kBody;
  part_ = head_.chunked ? Part::kChunkSize : Part::kSized;
  left_ = static_cast<size_t>(head_.content_length);
  return true;
}

bool HttpRequestReader::ReadData() {
  const absl::string_view data = Rest().substr(0, left_);
  body_.append(data.data(), data.size());
  used_ += data.size();
  left_ -= data.size();
  if (left_ > 0) return false;
  if (part_ == Part::kChunk) {
    part_ = Part::kChunkEnd;
    return true;
  }
  state_ = State::kDone;
  return false;
}

bool HttpRequestReader::ReadLine() {
  const size_t limit =
      part_ == Part::kTrailer ? limits_.max_head_bytes : kMaxChunkLineBytes;
  const size_t end = Rest().find(kLineEnd);
  // Without a line end, the last byte may be the first half of one.
  const bool too_long =
      end == absl::string_view::npos ? Rest().size() > limit + 1 : end > limit;
  if (too_long) {
    return Fail(part_ == Part::kTrailer ? HttpFailure::kHeadTooLarge
                                        : HttpFailure::kMalformed);
  }
  if (end == absl::string_view::npos) return false;
  const absl::string_view line = Rest().substr(0, end);
  if (!IsFieldText(line)) return Fail(HttpFailure::kMalformed);
  used_ += end + kLineEnd.size();
  if (part_ == Part::kChunkSize) return OnChunkSize(line);
  if (part_ == Part::kTrailer) return OnTrailer(line);
  if (!line.empty()) return Fail(HttpFailure::kMalformed);
  part_ = Part::kChunkSize;
  return true;
}

bool HttpRequestReader::OnChunkSize(absl::string_view line) {
  const absl::string_view digits = line.substr(0, line.find(';'));
  if (digits.empty() || digits.size() > kMaxSizeDigits ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
    return Fail(HttpFailure::kMalformed);
  }
  uint32_t size = 0;
  if (!absl::SimpleHexAtoi(digits, &size)) {
    return Fail(HttpFailure::kMalformed);
  }
  if (size > limits_.max_body_bytes - body_.size()) {
    return Fail(HttpFailure::kBodyTooLarge);
  }
  left_ = size;
  part_ = size == 0 ? Part::kTrailer : Part::kChunk;
  return true;
}

bool HttpRequestReader::OnTrailer(absl::string_view line) {
  if (line.empty()) {
    state_ = State::kDone;
    return false;
  }
  trailer_bytes_ += line.size();
  if (trailer_bytes_ > limits_.max_head_bytes) {
    return Fail(HttpFailure::kHeadTooLarge);
  }
  return true;
}

bool HttpRequestReader::Fail(HttpFailure failure) {
  state_ = State::kFailed;
  failure_ = failure;
  return false;
}

}  // namespace wriftai
