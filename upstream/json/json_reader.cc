#include "upstream/json/json_reader.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "upstream/json/json_number.h"
#include "upstream/json/json_string.h"

namespace wriftai {
namespace {

absl::Status InvalidJson(absl::string_view problem, size_t position) {
  return absl::InvalidArgumentError(
      absl::StrCat("not valid JSON at byte ", position, ": ", problem));
}

class Reader {
 public:
  Reader(absl::string_view text, JsonVisitor& visitor, size_t max_depth)
      : text_(text), visitor_(visitor), max_depth_(max_depth) {}

  absl::Status Run() {
    while (Step()) {
    }
    return status_;
  }

 private:
  // What the grammar allows next.
  enum class Next { kValue, kFirstElement, kKey, kFirstKey, kColon, kAfter };

  // Reads one token. Returns false to stop.
  bool Step() {
    SkipSpace();
    if (position_ == text_.size()) {
      const bool complete = next_ == Next::kAfter && in_object_.empty();
      return complete ? false : Fail("unexpected end");
    }
    const char c = text_[position_];
    switch (next_) {
      case Next::kFirstElement:
        if (c == ']') return Close();
        [[fallthrough]];
      case Next::kValue:
        return Value(c);
      case Next::kFirstKey:
        if (c == '}') return Close();
        [[fallthrough]];
      case Next::kKey:
        return c == '"' ? Key() : Fail("expected a key");
      case Next::kColon:
        return c == ':' ? Advance(Next::kValue)
                        : Fail("expected ':' after a key");
      case Next::kAfter:
        return AfterValue(c);
    }
    return false;
  }

  bool Value(char c) {
    switch (c) {
      case '{':
        return Open(JsonKind::kObject, Next::kFirstKey);
      case '[':
        return Open(JsonKind::kArray, Next::kFirstElement);
      case '"': {
        const size_t size = String();
        return size > 0 && Scalar(JsonKind::kString, size);
      }
      case 't':
        return Literal("true", JsonKind::kBool);
      case 'f':
        return Literal("false", JsonKind::kBool);
      case 'n':
        return Literal("null", JsonKind::kNull);
      default:
        break;
    }
    if (c != '-' && (c < '0' || c > '9')) {
      return Fail("expected a value");
    }
    const size_t size = ScanJsonNumber(text_.substr(position_));
    if (size == 0) return Fail("malformed number");
    return Scalar(JsonKind::kNumber, size);
  }

  bool Literal(absl::string_view word, JsonKind kind) {
    const absl::string_view rest = text_.substr(position_, word.size());
    if (rest == word) return Scalar(kind, word.size());
    size_t same = 0;
    while (same < rest.size() && rest[same] == word[same]) ++same;
    position_ += same;
    return Fail(same == rest.size() ? "unexpected end" : "expected a value");
  }

  bool Scalar(JsonKind kind, size_t size) {
    const JsonSlice slice{kind, text_.substr(position_, size), 0};
    position_ += size;
    next_ = Next::kAfter;
    return visitor_.OnScalar(slice);
  }

  bool Key() {
    const size_t size = String();
    if (size == 0) return false;
    const absl::string_view token = text_.substr(position_, size);
    position_ += size;
    next_ = Next::kColon;
    return visitor_.OnKey(token);
  }

  // The size of the string here; 0 if it is malformed.
  size_t String() {
    const JsonStringScan scan = ScanJsonString(text_.substr(position_));
    if (scan.size > 0) return scan.size;
    position_ =
        scan.problem == nullptr ? text_.size() : position_ + scan.position;
    Fail(scan.problem == nullptr ? "unexpected end" : scan.problem);
    return 0;
  }

  bool Open(JsonKind kind, Next next) {
    if (in_object_.size() == max_depth_) {
      return Fail(absl::StrCat("nested more than ", max_depth_, " levels"));
    }
    in_object_.push_back(kind == JsonKind::kObject);
    const size_t begin = position_;
    return Advance(next) && visitor_.OnStart(kind, begin);
  }

  bool Close() {
    in_object_.pop_back();
    return Advance(Next::kAfter) && visitor_.OnEnd(position_);
  }

  bool AfterValue(char c) {
    if (in_object_.empty()) return Fail("unexpected text after the value");
    if (in_object_.back()) {
      if (c == ',') return Advance(Next::kKey);
      return c == '}' ? Close() : Fail("expected ',' or '}' after a member");
    }
    if (c == ',') return Advance(Next::kValue);
    return c == ']' ? Close() : Fail("expected ',' or ']' after an element");
  }

  bool Advance(Next next) {
    ++position_;
    next_ = next;
    return true;
  }

  void SkipSpace() {
    while (position_ < text_.size() &&
           (text_[position_] == ' ' || text_[position_] == '\n' ||
            text_[position_] == '\r' || text_[position_] == '\t')) {
      ++position_;
    }
  }

  bool Fail(absl::string_view problem) {
    const bool nul = position_ < text_.size() && text_[position_] == '\0';
    status_ = InvalidJson(nul ? "unexpected NUL" : problem, position_);
    return false;
  }

  const absl::string_view text_;
  JsonVisitor& visitor_;
  const size_t max_depth_;
  size_t position_ = 0;
  Next next_ = Next::kValue;
  // For each level, whether it is an object. One bit each, because a hostile
  // text has as many levels as bytes.
  std::vector<bool> in_object_;
  absl::Status status_;
};

}  // namespace

absl::Status ReadJson(absl::string_view text, JsonVisitor& visitor,
                      size_t max_depth) {
  return Reader(text, visitor, max_depth).Run();
}

}  // namespace wriftai
