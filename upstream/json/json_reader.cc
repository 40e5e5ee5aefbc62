#include "upstream/json/json_reader.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/rapidjson.h"
#include "upstream/json/text_stream.h"

namespace wriftai {
namespace {

using rapidjson::SizeType;

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
  for (size_t i = 0; (i = decoded.find('\xed', i)) != absl::string_view::npos;
       ++i) {
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
