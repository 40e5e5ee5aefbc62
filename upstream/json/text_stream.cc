#include "upstream/json/text_stream.h"

#include <cstdint>
#include <cstring>

#include "upstream/json/json_number.h"

namespace wriftai {
namespace {

// Whether any of eight bytes is a quote, a backslash, a control character or
// not ASCII. A subtraction may borrow from the byte above only where the one
// below is such a byte itself, so that there is no false alarm.
bool RunEndsIn(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  const uint64_t quote = bytes ^ (kOnes * '"');
  const uint64_t backslash = bytes ^ (kOnes * '\\');
  return (((bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes) |
           bytes) &
          kHighs) != 0;
}

}  // namespace

void TextStream::ToToken() {
  while (position_ != end_ && (*position_ == ' ' || *position_ == '\n' ||
                               *position_ == '\r' || *position_ == '\t')) {
    ++position_;
  }
  token_ = position_;
  if (position_ == end_) return;
  if (*position_ == '-' || (*position_ >= '0' && *position_ <= '9')) {
    HideNumber();
  }
}

void TextStream::HideNumber() {
  const size_t size = ScanJsonNumber(
      absl::string_view(position_, static_cast<size_t>(end_ - position_)));
  if (size == 0) {
    bad_number_ = true;
    end_ = position_;  // Ends the reading.
    return;
  }
  number_ = position_;
  number_end_ = position_ + size;
}

absl::string_view TextStream::PlainRun() const {
  const char* p = position_;
  for (; end_ - p >= 8; p += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, p, sizeof(bytes));
    if (RunEndsIn(bytes)) break;
  }
  while (p != end_ && static_cast<unsigned char>(*p) < 0x80 &&
         static_cast<unsigned char>(*p) >= 0x20 && *p != '"' && *p != '\\') {
    ++p;
  }
  return absl::string_view(position_, static_cast<size_t>(p - position_));
}

}  // namespace wriftai
