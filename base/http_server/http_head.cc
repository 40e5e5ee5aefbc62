#include "base/http_server/http_head.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

// More than any accepted length has, without overflow.
constexpr size_t kMaxLengthDigits = 18;

bool IsToken(absl::string_view text) {
  constexpr absl::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kMarks.find(c) != absl::string_view::npos;
  });
}

bool IsTarget(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
}

// Without the whitespace around it: spaces and tabs only (RFC 9110, section
// 5.6.3).
absl::string_view Stripped(absl::string_view value) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!value.empty() && is_space(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
  return value;
}

bool ReadRequestLine(absl::string_view line, HttpHead& head) {
  if (absl::ConsumeSuffix(&line, " HTTP/1.0")) {
    head.minor_version = 0;
  } else if (!absl::ConsumeSuffix(&line, " HTTP/1.1")) {
    return false;
  }
  const size_t space = line.find(' ');
  if (space == absl::string_view::npos) return false;
  head.method = std::string(line.substr(0, space));
  head.target = std::string(line.substr(space + 1));
  return IsToken(head.method) && IsTarget(head.target);
}

bool ReadField(absl::string_view line, HttpHead& head) {
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return false;
  const absl::string_view name = line.substr(0, colon);
  const absl::string_view value = Stripped(line.substr(colon + 1));
  head.headers.emplace_back(name, value);
  return IsToken(name) && IsFieldText(value);
}

// Requires exactly one framing, stated once. Parsers that disagree on where a
// request ends allow request smuggling (RFC 9112, section 11.2).
bool ReadFraming(HttpHead& head) {
  const auto lengths = head.Values("content-length");
  const auto codings = head.Values("transfer-encoding");
  const auto expectations = head.Values("expect");
  if (lengths.size() + codings.size() > 1) return false;
  if (!lengths.empty()) {
    const absl::string_view length = lengths.front();
    if (length.size() > kMaxLengthDigits ||
        !std::all_of(length.begin(), length.end(), absl::ascii_isdigit) ||
        !absl::SimpleAtoi(length, &head.content_length)) {
      return false;
    }
  }
  if (!codings.empty()) {
    head.chunked = true;
    if (head.minor_version == 0 ||
        !absl::EqualsIgnoreCase(codings.front(), "chunked")) {
      return false;
    }
  }
  head.expects_continue =
      head.minor_version == 1 && expectations.size() == 1 &&
      absl::EqualsIgnoreCase(expectations.front(), "100-continue");
  return true;
}

}  // namespace

std::vector<absl::string_view> HttpHead::Values(absl::string_view name) const {
  std::vector<absl::string_view> values;
  for (const auto& header : headers) {
    if (absl::EqualsIgnoreCase(header.first, name)) {
      values.emplace_back(header.second);
    }
  }
  return values;
}

size_t HttpHead::held_bytes() const {
  size_t bytes = HeldBytes(method) + HeldBytes(target) +
                 headers.capacity() * sizeof(headers.front());
  for (const auto& [name, value] : headers) {
    bytes += HeldBytes(name) + HeldBytes(value);
  }
  return bytes;
}

bool IsFieldText(absl::string_view line) {
  return std::none_of(line.begin(), line.end(), [](char c) {
    return c != '\t' && absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
}

std::optional<HttpHead> ParseHttpHead(absl::string_view text) {
  HttpHead head;
  for (bool first = true;; first = false) {
    const size_t end = text.find(kLineEnd);
    if (end == absl::string_view::npos) return std::nullopt;
    const absl::string_view line = text.substr(0, end);
    text.remove_prefix(end + kLineEnd.size());
    if (!first && line.empty()) break;
    if (first ? !ReadRequestLine(line, head) : !ReadField(line, head)) {
      return std::nullopt;
    }
  }
  if (!text.empty() || !ReadFraming(head)) return std::nullopt;
  return head;
}

}  // namespace wriftai
