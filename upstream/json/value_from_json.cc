#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_number.h"
#include "upstream/json/json_reader.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_value.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

size_t BytesFieldSize(size_t size) { return 1 + VarintSize(size) + size; }

// A visitor of ReadJson() that writes a Value. Stops reading at the first part
// that it cannot represent.
//
// The wire format has sizes before contents, but the size of an array or object
// is known only at its end. So everything else is written immediately to
// content_. The headers of arrays and objects are inserted in the final copy.
class ValueEncoder {
 public:
  ValueEncoder(absl::string_view json, size_t max_growth)
      : json_(json), max_growth_(max_growth) {}

  bool OnKey(JsonToken token) {
    DecodedString key = DecodeJsonToken(token.text());
    key_ = std::move(key.text);
    return key.exact || Inexact();
  }

  bool OnScalar(JsonKind kind, JsonToken token) {
    DecodedString string;
    if (kind == JsonKind::kString) string = DecodeJsonToken(token.text());
    if (!string.exact) return Inexact();
    const std::string& decoded = string.text;
    scalar_.clear();
    if (!EncodeScalar(kind, token.text(), decoded)) return false;
    if (InObject()) {
      AppendBytesHeader(Struct::kFieldsFieldNumber,
                        BytesFieldSize(key_.size()) +
                            BytesFieldSize(scalar_.size() + decoded.size()),
                        content_);
      AppendKey();
    }
    if (!open_.empty()) {
      AppendBytesHeader(
          InObject() ? kEntryValue : uint32_t{ListValue::kValuesFieldNumber},
          scalar_.size() + decoded.size(), content_);
    }
    content_.append(scalar_);
    content_.append(decoded);
    return Fits(static_cast<size_t>(token.end - json_.data()));
  }

  bool OnStart(JsonKind kind, size_t begin) {
    messages_ += MessagesOf(kind);
    if (messages_ > kMaxValueMessages) return Inexact();
    Container container;
    container.is_array = kind == JsonKind::kArray;
    container.in_object = InObject();
    container.in_array = !open_.empty() && !container.in_object;
    container.begin = static_cast<uint32_t>(content_.size());
    if (container.in_object) AppendKey();
    container.key_size =
        static_cast<uint32_t>(content_.size()) - container.begin;
    open_.push_back(
        {containers_.size(), content_.size() + headers_, keys_.size()});
    containers_.push_back(container);
    return Fits(begin);
  }

  bool OnEnd(size_t end) {
    const Open open = open_.back();
    open_.pop_back();
    Container& container = containers_[open.container];
    messages_ -=
        MessagesOf(container.is_array ? JsonKind::kArray : JsonKind::kObject);
    container.size =
        static_cast<uint32_t>(content_.size() + headers_ - open.written);
    const size_t value = BytesFieldSize(container.size);
    headers_ += value - container.size;
    if (container.in_object || container.in_array) {
      headers_ += BytesFieldSize(value) - value;
    }
    if (container.in_object) {
      headers_ += 1 + VarintSize(container.key_size + BytesFieldSize(value));
    }
    if (!container.is_array && HasRepeatedKey(open.first_key)) return Inexact();
    keys_.resize(open.first_key);
    return Fits(end);
  }

  bool exact() const { return exact_; }

  std::string Encoded() const {
    std::string out;
    out.reserve(content_.size() + headers_);
    size_t copied = 0;
    const auto copy_to = [&](size_t end) {
      out.append(content_, copied, end - copied);
      copied = end;
    };
    for (const Container& container : containers_) {
      copy_to(container.begin);
      const size_t value = BytesFieldSize(container.size);
      if (container.in_object) {
        AppendBytesHeader(Struct::kFieldsFieldNumber,
                          container.key_size + BytesFieldSize(value), out);
        copy_to(container.begin + container.key_size);
        AppendBytesHeader(kEntryValue, value, out);
      } else if (container.in_array) {
        AppendBytesHeader(ListValue::kValuesFieldNumber, value, out);
      }
      AppendBytesHeader(container.is_array ? Value::kListValueFieldNumber
                                           : Value::kStructValueFieldNumber,
                        container.size, out);
    }
    copy_to(content_.size());
    return out;
  }

 private:
  // An array or object, and its position in content_.
  struct Container {
    uint32_t begin = 0;     // Of its key, or else of its content.
    uint32_t key_size = 0;  // With tag and size.
    uint32_t size = 0;      // Of the content, including inner headers.
    bool is_array = false;
    bool in_array = false;
    bool in_object = false;
  };
  // A container that has not ended yet.
  struct Open {
    size_t container;
    size_t written;  // Before its content.
    size_t first_key;
  };
  struct Key {
    uint32_t begin;
    uint32_t size;
  };

  // How many levels of messages an array or object adds.
  static int MessagesOf(JsonKind kind) {
    return kind == JsonKind::kArray ? 2 : 3;
  }

  bool InObject() const {
    return !open_.empty() && !containers_[open_.back().container].is_array;
  }

  // Encodes a scalar, except for the content of a string.
  bool EncodeScalar(JsonKind kind, absl::string_view token,
                    absl::string_view decoded) {
    const auto tag = [this](uint32_t field, WireType type) {
      AppendVarint(field << 3 | static_cast<uint32_t>(type), scalar_);
    };
    switch (kind) {
      case JsonKind::kNull:
        tag(Value::kNullValueFieldNumber, WireType::kVarint);
        scalar_.push_back(0);
        return true;
      case JsonKind::kBool:
        tag(Value::kBoolValueFieldNumber, WireType::kVarint);
        scalar_.push_back(token == "true" ? 1 : 0);
        return true;
      case JsonKind::kString:
        AppendBytesHeader(Value::kStringValueFieldNumber, decoded.size(),
                          scalar_);
        return true;
      default: {
        const std::optional<double> number = ExactDouble(token);
        if (!number.has_value()) return Inexact();
        uint64_t bits = 0;
        std::memcpy(&bits, &*number, sizeof(bits));
        tag(Value::kNumberValueFieldNumber, WireType::kFixed64);
        for (int shift = 0; shift < 64; shift += 8) {
          scalar_.push_back(static_cast<char>(bits >> shift & 0xff));
        }
        return true;
      }
    }
  }

  void AppendKey() {
    AppendBytesHeader(kEntryKey, key_.size(), content_);
    keys_.push_back({static_cast<uint32_t>(content_.size()),
                     static_cast<uint32_t>(key_.size())});
    content_.append(key_);
  }

  // Checks the keys from `first` on, which belong to one object.
  bool HasRepeatedKey(size_t first) {
    const auto text = [this](const Key& key) {
      return absl::string_view(content_.data() + key.begin, key.size);
    };
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, keys_.end(),
              [&](const Key& a, const Key& b) { return text(a) < text(b); });
    return std::adjacent_find(begin, keys_.end(),
                              [&](const Key& a, const Key& b) {
                                return text(a) == text(b);
                              }) != keys_.end();
  }

  // Whether the Value and the memory to build it are within the limit after
  // `read` bytes of the text.
  bool Fits(size_t read) {
    const size_t bytes = content_.size() + headers_ +
                         containers_.size() * sizeof(Container) +
                         keys_.size() * sizeof(Key);
    return bytes <= read + max_growth_ || Inexact();
  }

  bool Inexact() {
    exact_ = false;
    return false;
  }

  const absl::string_view json_;
  const size_t max_growth_;
  std::string content_;
  size_t headers_ = 0;  // Bytes to insert into content_, as far as known.
  std::vector<Container> containers_;
  std::vector<Open> open_;
  std::vector<Key> keys_;  // Of the objects in open_.
  std::string key_;        // The last key read.
  std::string scalar_;
  int messages_ = 1;
  bool exact_ = true;
};

}  // namespace

std::optional<std::string> ValueWireFromJson(absl::string_view json,
                                             size_t max_growth) {
  ValueEncoder encoder(json, max_growth);
  if (!ReadJson(json, encoder).ok() || !encoder.exact()) return std::nullopt;
  return encoder.Encoded();
}

}  // namespace wriftai
