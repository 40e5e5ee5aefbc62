#include "upstream/json/json_reader.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "rapidjson/encodings.h"
#include "rapidjson/reader.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_number.h"

namespace wriftai {
namespace {

using rapidjson::SizeType;

// RapidJSON's input over bytes that are not followed by a NUL. It also sees to
// the numbers: RapidJSON 1.1 refuses those beyond a double (1e400) even where
// it is told to leave them as text, so each number is checked here and shown to
// it as a plain 0.
class TextStream {
 public:
  using Ch = char;

  explicit TextStream(absl::string_view text)
      : begin_(text.empty() ? "" : text.data()),  // Never null, as number_ is.
        end_(begin_ + text.size()),
        position_(begin_),
        token_(begin_) {}

  Ch Peek() const {
    if (position_ == number_) return '0';
    return position_ == end_ ? '\0' : *position_;
  }

  Ch Take() {
    if (position_ == number_) {
      position_ = number_end_;
      number_ = nullptr;
      return '0';
    }
    return position_ == end_ ? '\0' : *position_++;
  }

  size_t Tell() const { return static_cast<size_t>(position_ - begin_); }

  // Passes over white space to the next token. The reader calls this before
  // every token and nowhere else: within strings there is no white space to it.
  void ToToken() {
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

  // From the token that ToToken() found to where the reader is now.
  absl::string_view Token() const {
    return absl::string_view(token_, static_cast<size_t>(position_ - token_));
  }

  bool bad_number() const { return bad_number_; }

  // As many bytes as stand here in a row that are ASCII and mean themselves.
  // They are not taken.
  absl::string_view PlainRun() const;

  void Skip(size_t size) { position_ += size; }

  // The reader's other mode, which writes into its input, has these.
  Ch* PutBegin() { return nullptr; }
  size_t PutEnd(Ch*) { return 0; }
  void Put(Ch) {}
  void* Push(SizeType) { return nullptr; }

 private:
  void HideNumber() {
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

  const char* const begin_;
  const char* end_;
  const char* position_;
  const char* token_;
  const char* number_ = nullptr;
  const char* number_end_ = nullptr;
  bool bad_number_ = false;
};

// Eight bytes at a time: the high bit of a byte of the result is set where the
// byte ends a run. May also be set above such a byte, never below it.
uint64_t RunEnds(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  const uint64_t quote = bytes ^ (kOnes * '"');
  const uint64_t backslash = bytes ^ (kOnes * '\\');
  return ((bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes) |
          bytes) &
         kHighs;
}

absl::string_view TextStream::PlainRun() const {
  const char* p = position_;
  for (; end_ - p >= 8; p += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, p, sizeof(bytes));
    if (RunEnds(bytes) != 0) break;
  }
  while (p != end_ && static_cast<unsigned char>(*p) < 0x80 &&
         static_cast<unsigned char>(*p) >= 0x20 && *p != '"' && *p != '\\') {
    ++p;
  }
  return absl::string_view(position_, static_cast<size_t>(p - position_));
}

// Found by argument-dependent look-up in place of RapidJSON's own.
void SkipWhitespace(TextStream& stream) { stream.ToToken(); }

// UTF-8 that is copied in runs where it is ASCII: large outputs are base64.
struct Utf8InRuns : rapidjson::UTF8<> {
  template <typename OutputStream>
  static bool Validate(TextStream& in, OutputStream& out) {
    const absl::string_view run = in.PlainRun();
    if (run.empty()) return rapidjson::UTF8<>::Validate(in, out);
    // 32 bits are enough: see the check of the size in ReadJson().
    void* const to = out.Push(static_cast<SizeType>(run.size()));
    if (to != nullptr) std::memcpy(to, run.data(), run.size());
    in.Skip(run.size());
    return true;
  }
};

using Reader = rapidjson::GenericReader<Utf8InRuns, Utf8InRuns>;

// A lone \udc00 to \udfff slips through RapidJSON and comes out as bytes that
// are no UTF-8. Raw bytes of that form do not get this far.
bool HasSurrogate(absl::string_view decoded) {
  for (size_t i = 0; (i = decoded.find('\xed', i)) != decoded.npos; ++i) {
    // There are two bytes more: the character is complete.
    if (static_cast<unsigned char>(decoded[i + 1]) >= 0xa0) return true;
  }
  return false;
}

// Hands RapidJSON's events on with their places.
class Handler {
 public:
  Handler(const TextStream& stream, JsonVisitor& visitor)
      : stream_(stream), visitor_(visitor) {}

  const char* problem() const { return problem_; }
  bool stopped() const { return stopped_; }

  bool Null() { return Scalar(JsonKind::kNull, ""); }
  bool Bool(bool) { return Scalar(JsonKind::kBool, ""); }
  bool Uint(unsigned) { return Scalar(JsonKind::kNumber, ""); }
  bool String(const char* data, SizeType size, bool) {
    const absl::string_view decoded(data, size);
    return Decodable(decoded) && Scalar(JsonKind::kString, decoded);
  }
  bool Key(const char* data, SizeType size, bool) {
    const absl::string_view key(data, size);
    return Decodable(key) && ReadOn(visitor_.OnKey(key));
  }
  bool StartObject() { return Start(JsonKind::kObject); }
  bool StartArray() { return Start(JsonKind::kArray); }
  bool EndObject(SizeType) { return End(); }
  bool EndArray(SizeType) { return End(); }

  // Never called: every number is shown as 0.
  bool Int(int) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char*, SizeType, bool) { return false; }

 private:
  bool ReadOn(bool read_on) {
    stopped_ = !read_on;
    return read_on;
  }

  bool Problem(const char* problem) {
    problem_ = problem;
    return false;
  }

  bool Decodable(absl::string_view decoded) {
    return !HasSurrogate(decoded) || Problem("lone surrogate in a string");
  }

  bool Scalar(JsonKind kind, absl::string_view decoded) {
    return ReadOn(visitor_.OnScalar({kind, stream_.Token()}, decoded));
  }

  // The reader calls both before it takes the bracket.
  bool Start(JsonKind kind) {
    if (depth_ == kMaxJsonDepth) return Problem("nesting above 1000 levels");
    ++depth_;
    return ReadOn(visitor_.OnStart(kind, stream_.Tell()));
  }
  bool End() {
    --depth_;
    return ReadOn(visitor_.OnEnd(stream_.Tell() + 1));
  }

  static_assert(kMaxJsonDepth == 1000, "the message says so");

  const TextStream& stream_;
  JsonVisitor& visitor_;
  size_t depth_ = 0;
  bool stopped_ = false;
  const char* problem_ = nullptr;
};

// `rest` is not empty and begins with what was wrong.
const char* Describe(rapidjson::ParseErrorCode code, absl::string_view rest) {
  if (rest.front() == '\0') return "NUL";
  switch (code) {
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "more than one value";
    case rapidjson::kParseErrorObjectMissName:
      return "no key where one must be";
    case rapidjson::kParseErrorObjectMissColon:
      return "no colon after a key";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "no comma or } after a member";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "no comma or ] after an element";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "bad \\u escape in a string";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "lone surrogate in a string";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return rest.front() == '\\' ? "bad escape in a string"
                                  : "raw control character in a string";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "bad UTF-8 in a string";
    default:
      return "no value where one must be";
  }
}

absl::Status NotJson(absl::string_view what, size_t position) {
  return absl::InvalidArgumentError(
      absl::StrCat("not JSON: ", what, " at byte ", position));
}

}  // namespace

absl::Status ReadJson(absl::string_view text, JsonVisitor& visitor) {
  // RapidJSON counts in 32 bits.
  if (text.size() > std::numeric_limits<SizeType>::max() - 1) {
    return absl::InvalidArgumentError("not JSON: above 4 GiB");
  }
  TextStream stream(text);
  Handler handler(stream, visitor);
  Reader reader;
  const rapidjson::ParseResult result =
      reader.Parse<rapidjson::kParseIterativeFlag |
                   rapidjson::kParseValidateEncodingFlag>(stream, handler);
  if (stream.bad_number()) return NotJson("malformed number", stream.Tell());
  if (handler.stopped()) return absl::OkStatus();
  if (handler.problem() != nullptr) {
    return NotJson(handler.problem(), stream.Tell());
  }
  // A NUL outside of strings ends the reading without an error.
  const size_t position = result.IsError() ? result.Offset() : stream.Tell();
  if (position < text.size()) {
    return NotJson(Describe(result.Code(), text.substr(position)), position);
  }
  if (result.IsError()) return NotJson("ends too soon", position);
  return absl::OkStatus();
}

}  // namespace wriftai
