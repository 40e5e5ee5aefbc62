#include "upstream/http/response_buffer.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

// "HTTP/1.1 1xx" or "HTTP/2 1xx".
bool IsInterimStatusLine(absl::string_view line) {
  const size_t space = line.find(' ');
  return space != absl::string_view::npos &&
         absl::StartsWith(line.substr(space + 1), "1");
}

// The upstream sends about ten.
constexpr size_t kUsualHeaders = 16;

// A body above this size reserves its Content-Length at once; most are smaller.
// Below, a length that is not true costs at most this much.
constexpr size_t kTrustedBody = size_t{64} << 10;

// A body above this size whose length is not known reserves the maximum at
// once.
//
// Reserving uses address space, not memory. Growing by copies needs the memory
// twice: 288 MiB instead of 208 for a body of 60 MB that becomes a message.
constexpr size_t kLargeBody = size_t{1} << 20;

// The Content-Length of a response, or 0 without one. A compressed body is
// longer.
size_t ContentLengthIn(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  uint64_t length = 0;
  for (const auto& [name, value] : headers) {
    if (name == "content-length" && !absl::SimpleAtoi(value, &length)) return 0;
  }
  return length;
}

bool HasContentEncoding(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return header.first == "content-encoding";
  });
}

}  // namespace

bool ResponseBuffer::AddHeaderLine(absl::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > options_.max_header_bytes) {
    return Reject(absl::StrCat("the response's headers exceed ",
                               options_.max_header_bytes, " bytes"));
  }
  if (headers_complete_) return true;
  if (absl::StartsWith(line, "HTTP/")) {
    headers_.clear();
    headers_.reserve(kUsualHeaders);
    is_interim_ = IsInterimStatusLine(line);
    return true;
  }
  const absl::string_view text = absl::StripAsciiWhitespace(line);
  if (text.empty()) {
    headers_complete_ = !is_interim_;
    if (headers_complete_) {
      content_length_ = ContentLengthIn(headers_);
      is_compressed_ = HasContentEncoding(headers_);
    }
    return true;
  }
  // A continuation of the previous line (obs-fold, RFC 9112, section 5.2).
  if (absl::ascii_isspace(static_cast<unsigned char>(line.front()))) {
    if (!headers_.empty()) absl::StrAppend(&headers_.back().second, " ", text);
    return true;
  }
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) return true;
  if (headers_.size() == options_.max_headers) {
    return Reject(absl::StrCat("the response has more than ",
                               options_.max_headers, " headers"));
  }
  headers_.emplace_back(
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(text.substr(0, colon))),
      absl::StripAsciiWhitespace(text.substr(colon + 1)));
  return true;
}

bool ResponseBuffer::AddBody(absl::string_view piece) {
  if (piece.size() > options_.max_response_bytes - body_.size()) {
    return Reject(absl::StrCat("the response's body exceeds ",
                               options_.max_response_bytes, " bytes"));
  }
  const size_t bytes = body_.size() + piece.size();
  if (bytes > body_.capacity()) Reserve(bytes);
  body_.append(piece.data(), piece.size());
  return true;
}

// Makes room for more than `bytes`, if the size of the body suggests it.
void ResponseBuffer::Reserve(size_t bytes) {
  const size_t max_bytes = options_.max_response_bytes;
  if (bytes <= content_length_ && content_length_ <= max_bytes) {
    body_.reserve(bytes <= kTrustedBody
                      ? std::min(content_length_, kTrustedBody)
                      : content_length_);
  } else if (body_.size() >= kLargeBody) {
    body_.reserve(max_bytes);
  }
}

HttpResponse ResponseBuffer::Take(int status) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers_);
  response.body = std::move(body_);
  return response;
}

bool ResponseBuffer::Reject(std::string excess) {
  excess_ = std::move(excess);
  // Frees the memory now, before the transfer is destroyed.
  body_ = std::string();
  headers_.clear();
  return false;
}

}  // namespace wriftai
