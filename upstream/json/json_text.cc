#include "upstream/json/json_text.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_reader.h"
#include "upstream/json/json_writer.h"

namespace wriftai {
namespace {

// Keeps the outermost value and, where `split` is its kind, what is right
// below it.
class Splitter final : public JsonVisitor {
 public:
  Splitter(absl::string_view text, JsonKind split)
      : text_(text), split_(split) {}

  bool OnKey(absl::string_view key) override {
    if (depth_ == 1 && split_ == JsonKind::kObject) key_ = std::string(key);
    return true;
  }

  bool OnScalar(const JsonSlice& slice, absl::string_view) override {
    Found(slice);
    return true;
  }

  bool OnStart(JsonKind kind, size_t begin) override {
    if (depth_ < 2) open_[depth_] = {kind, begin};
    ++depth_;
    return true;
  }

  bool OnEnd(size_t end) override {
    --depth_;
    if (depth_ < 2) {
      const Open& open = open_[depth_];
      Found({open.kind, text_.substr(open.begin, end - open.begin)});
    }
    return true;
  }

  const JsonSlice& root() const { return root_; }
  std::vector<JsonMember>& members() { return members_; }
  std::vector<JsonSlice>& elements() { return elements_; }

 private:
  struct Open {
    JsonKind kind;
    size_t begin;
  };

  void Found(const JsonSlice& slice) {
    if (depth_ == 0) root_ = slice;
    if (depth_ != 1 || open_[0].kind != split_) return;
    if (split_ == JsonKind::kArray) elements_.push_back(slice);
    if (split_ == JsonKind::kObject) {
      members_.push_back({std::move(key_), slice});
    }
  }

  const absl::string_view text_;
  const JsonKind split_;
  size_t depth_ = 0;
  Open open_[2] = {};
  std::string key_;
  JsonSlice root_;
  std::vector<JsonMember> members_;
  std::vector<JsonSlice> elements_;
};

// The content of the one string that is read.
class Decoder final : public JsonVisitor {
 public:
  bool OnKey(absl::string_view) override { return false; }
  bool OnScalar(const JsonSlice& slice, absl::string_view decoded) override {
    is_string_ = slice.kind == JsonKind::kString;
    decoded_ = std::string(decoded);
    return true;
  }
  bool OnStart(JsonKind, size_t) override { return false; }
  bool OnEnd(size_t) override { return false; }

  bool is_string() const { return is_string_; }
  std::string& decoded() { return decoded_; }

 private:
  bool is_string_ = false;
  std::string decoded_;
};

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

absl::StatusOr<JsonSlice> ParseJson(absl::string_view text) {
  Splitter splitter(text, JsonKind::kNull);
  if (absl::Status s = ReadJson(text, splitter); !s.ok()) return s;
  return splitter.root();
}

absl::StatusOr<std::vector<JsonMember>> ParseJsonObject(
    absl::string_view text) {
  Splitter splitter(text, JsonKind::kObject);
  if (absl::Status s = ReadJson(text, splitter); !s.ok()) return s;
  if (splitter.root().kind != JsonKind::kObject) {
    return absl::InvalidArgumentError("not a JSON object");
  }
  return std::move(splitter.members());
}

absl::StatusOr<std::vector<JsonSlice>> ParseJsonArray(absl::string_view text) {
  Splitter splitter(text, JsonKind::kArray);
  if (absl::Status s = ReadJson(text, splitter); !s.ok()) return s;
  if (splitter.root().kind != JsonKind::kArray) {
    return absl::InvalidArgumentError("not a JSON array");
  }
  return std::move(splitter.elements());
}

absl::StatusOr<std::string> DecodeJsonString(const JsonSlice& slice) {
  Decoder decoder;
  if (absl::Status s = ReadJson(slice.text, decoder); !s.ok()) return s;
  if (!decoder.is_string()) {
    return absl::InvalidArgumentError("not a JSON string");
  }
  return std::move(decoder.decoded());
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
