#ifndef WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_READER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_scan.h"
#include "upstream/json/json_text.h"

namespace wriftai {

inline constexpr size_t kAnyDepth = std::numeric_limits<size_t>::max();

// For each open array and object, whether it is an object. One bit each,
// because a hostile text has as many levels as bytes.
//
// Threads: one. Fails: never.
class JsonLevels {
 public:
  size_t count() const { return count_; }

  // Whether the innermost level is an object. Requires a level.
  bool in_object() const { return (innermost_ & 1) != 0; }

  void Push(bool is_object) {
    if (count_ % kBits == 0 && count_ > 0) outer_.push_back(innermost_);
    innermost_ = innermost_ << 1 | (is_object ? 1 : 0);
    ++count_;
  }

  void Pop() {
    innermost_ >>= 1;
    --count_;
    if (count_ % kBits == 0 && count_ > 0) {
      innermost_ = outer_.back();
      outer_.pop_back();
    }
  }

 private:
  static constexpr size_t kBits = 64;

  size_t count_ = 0;
  uint64_t innermost_ = 0;  // The lowest bit is the innermost level.
  std::vector<uint64_t> outer_;
};

// A part of the text. Two pointers, because making a string_view has a check
// that costs more than skipping the token.
struct JsonToken {
  const char* begin = nullptr;
  const char* end = nullptr;

  absl::string_view text() const {
    return absl::string_view(begin, static_cast<size_t>(end - begin));
  }
};

// A visitor of JsonReader::ReadValue() that ignores all tokens, and shows what
// one has. Each function returns whether to continue.
struct NoJsonVisitor {
  // A key as written, with its quotes: see DecodeJsonToken().
  bool OnKey(JsonToken) { return true; }

  // Any value other than an array or an object.
  bool OnScalar(JsonKind, JsonToken) { return true; }

  // An array or object whose opening bracket is the byte at `begin`.
  bool OnStart(JsonKind, size_t) { return true; }

  // Its end; `end` is the byte after the closing bracket.
  bool OnEnd(size_t) { return true; }
};

// Reads a JSON text in one pass without recursion, by the grammar of RFC 8259
// alone: strings may contain any non-ASCII bytes and any \u escape, numbers
// have any size, and nesting costs one bit per level.
//
// All bytes of responses pass through here, at a few instructions each. So the
// visitor is a template argument, most functions are inlined, and the position
// `p` is an argument and not a member, which keeps it in a register. Functions
// that move it return null to stop: for the visitor, or after status() is set.
//
// Threads: one. Owns: nothing; the text must outlive it. Fails: status() is
// INVALID_ARGUMENT, with the problem and its byte. By then, the visitor may
// have received the tokens before it.
class JsonReader {
 public:
  explicit JsonReader(absl::string_view text, size_t max_depth = kAnyDepth)
      : begin_(text.empty() ? "" : text.data()),
        end_(begin_ + text.size()),
        blocks_end_(BlocksEnd(begin_, end_)),
        max_depth_(max_depth) {}

  const char* begin() const { return begin_; }
  const absl::Status& status() const { return status_; }

  // Skips white space.
  ABSL_ATTRIBUTE_ALWAYS_INLINE const char* SkipSpace(const char* p) const {
    if (p == end_ || static_cast<unsigned char>(*p) > ' ') return p;
    return SkipJsonSpace(p, end_);
  }

  // Skips white space, and returns whether `c` is next.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool IsNext(const char*& p, char c) const {
    // First without white space, since most texts are compact.
    if (p != end_ && *p == c) return true;
    p = SkipSpace(p);
    return p != end_ && *p == c;
  }

  // Reads the value at `p`, after any white space. Sets `depth` to the levels
  // of arrays and objects in it.
  template <typename Visitor>
  const char* ReadValue(const char* p, Visitor& visitor, size_t& depth);

  // Reads a key, its quotes included, and the colon behind it.
  ABSL_ATTRIBUTE_ALWAYS_INLINE const char* ReadKey(const char* p,
                                                   JsonToken& key) {
    if (!IsNext(p, '"')) return FailKey(p);
    key.begin = p;
    p = SkipString(p);
    if (p == nullptr) return nullptr;
    key.end = p;
    return IsNext(p, ':') ? p + 1 : FailColon(p);
  }

  // Reads the comma behind a value of an object or array, or the closing
  // bracket. Sets `closed`.
  ABSL_ATTRIBUTE_ALWAYS_INLINE const char* ReadSeparator(const char* p,
                                                         bool in_object,
                                                         bool& closed) {
    closed = false;
    if (IsNext(p, ',')) return p + 1;
    closed = true;
    if (p != end_ && *p == (in_object ? '}' : ']')) return p + 1;
    return FailSeparator(p, in_object);
  }

  // Checks that only white space is left.
  const char* ReadEnd(const char* p) {
    p = SkipSpace(p);
    return p == end_ ? p : Fail(p, "unexpected text after the value");
  }

 private:
  // Reads the members or elements from `p` on, up to one that is an array or an
  // object, or else beyond the closing bracket. Sets `closed` then.
  template <bool kInObject, typename Visitor>
  ABSL_ATTRIBUTE_ALWAYS_INLINE const char* ReadScalars(const char* p,
                                                       Visitor& visitor,
                                                       bool& closed);

  // Reads the string, number or literal that begins at `p`.
  template <typename Visitor>
  ABSL_ATTRIBUTE_ALWAYS_INLINE const char* ReadScalar(const char* p,
                                                      Visitor& visitor);

  static bool IsOpening(char c) { return c == '{' || c == '['; }

  // Skips the string that begins at `p`.
  ABSL_ATTRIBUTE_ALWAYS_INLINE const char* SkipString(const char* p) {
    p = FindPlainEnd(p + 1, blocks_end_, end_);
    return p != end_ && *p == '"' ? p + 1 : FinishString(p);
  }

  // The rare cases. Those that fail return null.
  const char* FinishString(const char* p);
  const char* Fail(const char* p, absl::string_view problem);
  const char* FailKey(const char* p);
  const char* FailColon(const char* p);
  const char* FailSeparator(const char* p, bool in_object);
  const char* FailScalar(const char* p);
  const char* FailDepth(const char* p);

  const char* const begin_;
  const char* const end_;
  const char* const blocks_end_;
  const size_t max_depth_;
  absl::Status status_;
};

template <typename Visitor>
inline const char* JsonReader::ReadScalar(const char* p, Visitor& visitor) {
  const char* const begin = p;
  JsonKind kind = JsonKind::kString;
  if (*p == '"') {
    p = SkipString(p);
  } else if ((*p >= '0' && *p <= '9') || *p == '-') {
    kind = JsonKind::kNumber;
    p = ScanNumber(p, blocks_end_, end_);
    if (p == nullptr) return Fail(begin, "malformed number");
  } else {
    kind = *p == 'n' ? JsonKind::kNull : JsonKind::kBool;
    p = SkipLiteral(p, end_);
    if (p == nullptr) return FailScalar(begin);
  }
  return p != nullptr && visitor.OnScalar(kind, {begin, p}) ? p : nullptr;
}

template <bool kInObject, typename Visitor>
inline const char* JsonReader::ReadScalars(const char* p, Visitor& visitor,
                                           bool& closed) {
  do {
    if constexpr (kInObject) {
      JsonToken key;
      p = ReadKey(p, key);
      if (p == nullptr || !visitor.OnKey(key)) return nullptr;
    }
    p = SkipSpace(p);
    if (p == end_) return Fail(p, "unexpected end");
    if (IsOpening(*p)) {
      closed = false;
      return p;
    }
    p = ReadScalar(p, visitor);
    if (p != nullptr) p = ReadSeparator(p, kInObject, closed);
  } while (p != nullptr && !closed);
  return p;
}

template <typename Visitor>
const char* JsonReader::ReadValue(const char* p, Visitor& visitor,
                                  size_t& depth) {
  depth = 0;
  p = SkipSpace(p);
  if (p == end_) return Fail(p, "unexpected end");
  if (!IsOpening(*p)) return ReadScalar(p, visitor);
  JsonLevels levels;
  for (bool closed = false; p != nullptr;) {
    // At an opening bracket, or behind a closing one.
    if (!closed) {
      const bool is_object = *p == '{';
      if (levels.count() == max_depth_) return FailDepth(p);
      levels.Push(is_object);
      depth = std::max(depth, levels.count());
      if (!visitor.OnStart(is_object ? JsonKind::kObject : JsonKind::kArray,
                           static_cast<size_t>(p - begin_))) {
        return nullptr;
      }
      ++p;
      closed = IsNext(p, is_object ? '}' : ']');
      if (closed) ++p;
    } else {
      levels.Pop();
      if (!visitor.OnEnd(static_cast<size_t>(p - begin_))) return nullptr;
      if (levels.count() == 0) return p;
      p = ReadSeparator(p, levels.in_object(), closed);
    }
    if (p != nullptr && !closed) {
      p = levels.in_object() ? ReadScalars<true>(p, visitor, closed)
                             : ReadScalars<false>(p, visitor, closed);
    }
  }
  return nullptr;
}

// Reads all of `text`. INVALID_ARGUMENT: see JsonReader. Returns OK if the
// visitor stopped. Any thread.
template <typename Visitor>
absl::Status ReadJson(absl::string_view text, Visitor& visitor) {
  JsonReader reader(text);
  size_t depth = 0;
  const char* const p = reader.ReadValue(reader.begin(), visitor, depth);
  if (p != nullptr) reader.ReadEnd(p);
  return reader.status();
}

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
