#include "upstream/json/json_reader.h"

#include "absl/strings/str_cat.h"
#include "upstream/json/json_string.h"

namespace wriftai {
namespace {

constexpr absl::string_view kUnexpectedEnd = "unexpected end";

// The number of bytes that `a` and `b` have in common at the beginning.
size_t CommonPrefix(absl::string_view a, absl::string_view b) {
  size_t same = 0;
  while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
  return same;
}

}  // namespace

// Finishes a string whose first plain run ends at `p`, not with a quote.
const char* JsonReader::FinishString(const char* p) {
  while (p != end_ && *p == '\\') {
    const char* problem = nullptr;
    const size_t escape = ScanJsonEscape(JsonToken{p, end_}.text(), problem);
    if (escape == 0) {
      return problem == nullptr ? Fail(end_, kUnexpectedEnd) : Fail(p, problem);
    }
    p = FindPlainEnd(p + escape, blocks_end_, end_);
  }
  if (p == end_) return Fail(p, kUnexpectedEnd);
  if (*p == '"') return p + 1;
  return Fail(p, "unescaped control character in a string");
}

const char* JsonReader::Fail(const char* p, absl::string_view problem) {
  const bool nul = p != end_ && *p == '\0';
  status_ = absl::InvalidArgumentError(
      absl::StrCat("not valid JSON at byte ", p - begin_, ": ",
                   nul ? "unexpected NUL" : problem));
  return nullptr;
}

const char* JsonReader::FailKey(const char* p) {
  return Fail(p, p == end_ ? kUnexpectedEnd : "expected a key");
}

const char* JsonReader::FailColon(const char* p) {
  return Fail(p, p == end_ ? kUnexpectedEnd : "expected ':' after a key");
}

const char* JsonReader::FailSeparator(const char* p, bool in_object) {
  if (p == end_) return Fail(p, kUnexpectedEnd);
  return Fail(p, in_object ? "expected ',' or '}' after a member"
                           : "expected ',' or ']' after an element");
}

// For a value at `p` that is none of a string, a number and a literal.
const char* JsonReader::FailScalar(const char* p) {
  const absl::string_view rest = JsonToken{p, end_}.text();
  for (const absl::string_view word : {"true", "false", "null"}) {
    const size_t same = CommonPrefix(word, rest);
    if (same == 0) continue;
    return Fail(p + same,
                same == rest.size() ? kUnexpectedEnd : "expected a value");
  }
  return Fail(p, "expected a value");
}

const char* JsonReader::FailDepth(const char* p) {
  return Fail(p, absl::StrCat("nested more than ", max_depth_, " levels"));
}

}  // namespace wriftai
