#include "upstream/json/json_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/utf8.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_reader.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_writer.h"

namespace wriftai {
namespace {

// Finds the outermost value and its direct members or elements.
class Splitter final : public JsonVisitor {
 public:
  using Visit =
      absl::FunctionRef<void(absl::string_view key, const JsonSlice& value)>;

  // `visit` receives each member or element of the outermost value if that is
  // of kind `split`. Elements have an empty key.
  Splitter(absl::string_view text, JsonKind split, Visit visit)
      : text_(text), split_(split), visit_(visit) {}

  bool OnKey(absl::string_view token) override {
    if (level_ == 1) key_ = token;
    return true;
  }

  bool OnScalar(const JsonSlice& slice) override {
    Found(slice);
    return true;
  }

  bool OnStart(JsonKind kind, size_t begin) override {
    if (level_ < 2) open_[level_] = {kind, begin, level_};
    ++level_;
    for (Open& open : open_) open.deepest = std::max(open.deepest, level_);
    return true;
  }

  bool OnEnd(size_t end) override {
    --level_;
    if (level_ < 2) {
      const Open& open = open_[level_];
      Found({open.kind, text_.substr(open.begin, end - open.begin),
             open.deepest - level_});
    }
    return true;
  }

  const JsonSlice& root() const { return root_; }

 private:
  struct Open {
    JsonKind kind = JsonKind::kNull;
    size_t begin = 0;
    size_t deepest = 0;  // Levels around the innermost value so far.
  };

  void Found(const JsonSlice& slice) {
    if (level_ == 0) root_ = slice;
    if (level_ == 1 && open_[0].kind == split_) visit_(key_, slice);
  }

  const absl::string_view text_;
  const JsonKind split_;
  const Visit visit_;
  size_t level_ = 0;
  Open open_[2];
  absl::string_view key_;
  JsonSlice root_;
};

absl::Status Split(absl::string_view text, JsonKind kind, const char* name,
                   Splitter::Visit visit) {
  Splitter splitter(text, kind, visit);
  if (absl::Status s = ReadJson(text, splitter); !s.ok()) return s;
  if (splitter.root().kind == kind) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("expected a JSON ", name));
}

absl::StatusOr<JsonSlice> Skim(absl::string_view text, size_t max_depth) {
  const auto ignore = [](absl::string_view, const JsonSlice&) {};
  Splitter splitter(text, JsonKind::kNull, ignore);
  if (absl::Status s = ReadJson(text, splitter, max_depth); !s.ok()) return s;
  return splitter.root();
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

absl::StatusOr<JsonSlice> SkimJson(absl::string_view text) {
  return Skim(text, kAnyDepth);
}

absl::StatusOr<JsonSlice> ParseJson(absl::string_view text) {
  absl::StatusOr<JsonSlice> slice = Skim(text, kMaxJsonDepth);
  if (!slice.ok()) return slice;
  const size_t invalid = FindInvalidUtf8(text);
  if (invalid == absl::string_view::npos) return slice;
  return absl::InvalidArgumentError(
      absl::StrCat("not valid JSON at byte ", invalid, ": invalid UTF-8"));
}

bool IsPayload(const JsonSlice& slice) {
  return slice.depth <= kMaxJsonDepth && IsUtf8(slice.text);
}

absl::Status ForEachJsonMember(
    absl::string_view text,
    absl::FunctionRef<void(absl::string_view key, const JsonSlice& value)>
        visit) {
  return Split(text, JsonKind::kObject, "object", visit);
}

absl::Status ForEachJsonElement(
    absl::string_view text,
    absl::FunctionRef<void(const JsonSlice& element)> visit) {
  return Split(
      text, JsonKind::kArray, "array",
      [visit](absl::string_view, const JsonSlice& element) { visit(element); });
}

bool JsonKeyIs(absl::string_view key, absl::string_view name) {
  // The longest encoding of a character is \uXXXX.
  if (key.size() > 6 * name.size() + 2) return false;
  return DecodeJsonToken(key).text == name;
}

absl::string_view WithoutByteOrderMark(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  return text;
}

std::string EncodeJsonString(absl::string_view text) {
  StringSink sink;
  JsonWriter<rapidjson::kWriteNoFlags> writer(sink);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return std::move(sink.out);
}

std::string EncodeAnyJsonString(absl::string_view text) {
  StringSink sink;
  JsonWriter<rapidjson::kWriteValidateEncodingFlag> writer(sink);
  if (writer.String(text.data(),
                    static_cast<rapidjson::SizeType>(text.size()))) {
    return std::move(sink.out);
  }
  std::string replaced;
  for (const char c : text) {
    if (absl::ascii_isascii(c)) {
      replaced.push_back(c);
    } else {
      replaced.append("\uFFFD");
    }
  }
  return EncodeJsonString(replaced);
}

std::string QuoteForError(absl::string_view text) {
  std::string quote;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quote.size() == kMaxQuotedBytes) {
      quote.replace(kMaxQuotedBytes - 3, 3, "...");
      break;
    }
    if (absl::ascii_isprint(text[i])) {
      quote.push_back(text[i]);
    } else if (absl::ascii_isspace(text[i])) {
      quote.push_back(' ');
    } else {
      quote.push_back('?');
      while (i + 1 < text.size() && IsContinuation(text[i + 1])) ++i;
    }
  }
  return quote;
}

}  // namespace wriftai
