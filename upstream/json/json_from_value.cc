#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "google/protobuf/struct.pb.h"
#include "upstream/json/json_number.h"
#include "upstream/json/json_value.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// Maximum number of parts that a message may be merged from. Encoders write
// one.
constexpr size_t kMaxParts = 1000;

absl::Status NotUtf8() {
  return absl::InvalidArgumentError("a string is not valid UTF-8");
}

absl::Status TooManyValues(const ValueLimits& limits) {
  return absl::InvalidArgumentError(absl::StrCat(
      "more than ", limits.max_values, " values; send JSON text instead"));
}

absl::Status Malformed() { return absl::OutOfRangeError("malformed Value"); }

// Writes the escape of a character that requires one to `buffer`.
absl::string_view Escape(unsigned char c, char (&buffer)[6]) {
  static constexpr absl::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";
  static constexpr char kHex[] = "0123456789ABCDEF";
  buffer[0] = '\\';
  for (size_t i = 0; i < kShort.size(); i += 2) {
    if (static_cast<unsigned char>(kShort[i]) != c) continue;
    buffer[1] = kShort[i + 1];
    return absl::string_view(buffer, 2);
  }
  buffer[1] = 'u';
  buffer[2] = buffer[3] = '0';
  buffer[4] = kHex[c >> 4];
  buffer[5] = kHex[c & 15];
  return absl::string_view(buffer, 6);
}

// The kind of a Value and its content.
struct Kind {
  uint32_t field = 0;        // Of the Value's oneof; 0 if unset.
  uint64_t scalar = 0;       // Of a number or a bool.
  absl::string_view string;  // Of a string.
  WireParts message;         // Of a list or struct.
};

// Whether `field` is a known field of Value.
bool IsKind(const WireField& field) {
  switch (field.number) {
    case Value::kNullValueFieldNumber:
    case Value::kBoolValueFieldNumber:
      return field.type == WireType::kVarint;
    case Value::kNumberValueFieldNumber:
      return field.type == WireType::kFixed64;
    case Value::kStringValueFieldNumber:
    case Value::kStructValueFieldNumber:
    case Value::kListValueFieldNumber:
      return field.type == WireType::kBytes;
    default:
      return false;
  }
}

// Writes JSON text while reading the wire format. The only state is the
// positions of the members of the enclosing structs.
class Transcoder {
 public:
  Transcoder(absl::string_view base, const ValueLimits& limits)
      : base_(base.data()), limits_(limits) {}

  absl::Status WriteValue(const WireParts& wire, int nesting);

  std::string& json() { return json_; }

 private:
  // A struct's member, by offset: four million views would take twice the
  // memory.
  struct Member {
    uint32_t key;
    uint32_t key_size;
    uint32_t entry;
    uint32_t entry_size;
  };

  absl::Status ReadKind(const WireParts& wire, Kind& kind) const;
  absl::Status WriteList(const WireParts& wire, int nesting);
  absl::Status WriteStruct(const WireParts& wire, int nesting);
  absl::Status ReadMembers(const WireParts& wire, std::vector<Member>& members);
  absl::Status WriteMember(const Member& member, int nesting);
  absl::Status WriteNumber(uint64_t bits);
  absl::Status WriteString(absl::string_view text);
  absl::Status Append(absl::string_view text);

  absl::string_view At(uint32_t begin, uint32_t size) const {
    return absl::string_view(base_ + begin, size);
  }
  uint32_t OffsetOf(absl::string_view part) const {
    return part.empty() ? 0 : static_cast<uint32_t>(part.data() - base_);
  }

  const char* const base_;  // The lowest address of all views.
  const ValueLimits& limits_;
  size_t values_ = 0;
  std::string json_;
};

absl::Status Transcoder::Append(absl::string_view text) {
  if (text.size() > limits_.max_json_bytes - json_.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "more than ", limits_.max_json_bytes, " bytes of JSON text"));
  }
  json_.append(text.data(), text.size());
  return absl::OkStatus();
}

absl::Status Transcoder::ReadKind(const WireParts& wire, Kind& kind) const {
  for (const absl::string_view part : wire) {
    WireReader reader(part);
    WireField field;
    while (reader.Next(field)) {
      if (!IsKind(field)) continue;
      if (kind.field != field.number) kind.message.clear();
      kind.field = field.number;
      kind.scalar = field.value;
      kind.string = field.bytes;
      if (field.number != Value::kStructValueFieldNumber &&
          field.number != Value::kListValueFieldNumber) {
        continue;
      }
      if (kind.message.size() == kMaxParts) return Malformed();
      kind.message.push_back(field.bytes);
    }
    if (reader.malformed()) return Malformed();
  }
  return absl::OkStatus();
}

absl::Status Transcoder::WriteValue(const WireParts& wire, int nesting) {
  if (nesting > limits_.max_nesting) return Malformed();
  if (++values_ > limits_.max_values) {
    return TooManyValues(limits_);
  }
  Kind kind;
  if (absl::Status s = ReadKind(wire, kind); !s.ok()) return s;
  switch (kind.field) {
    case Value::kNullValueFieldNumber:
      return Append("null");
    case Value::kBoolValueFieldNumber:
      return Append(kind.scalar != 0 ? "true" : "false");
    case Value::kNumberValueFieldNumber:
      return WriteNumber(kind.scalar);
    case Value::kStringValueFieldNumber:
      return WriteString(kind.string);
    case Value::kListValueFieldNumber:
      return WriteList(kind.message, nesting + 1);
    case Value::kStructValueFieldNumber:
      return WriteStruct(kind.message, nesting + 1);
    default:
      return absl::InvalidArgumentError("a Value has no kind set");
  }
}

absl::Status Transcoder::WriteList(const WireParts& wire, int nesting) {
  if (nesting > limits_.max_nesting) return Malformed();
  absl::string_view before = "[";
  for (const absl::string_view part : wire) {
    WireReader reader(part);
    WireField field;
    while (reader.Next(field)) {
      if (field.number != ListValue::kValuesFieldNumber ||
          field.type != WireType::kBytes) {
        continue;
      }
      if (absl::Status s = Append(before); !s.ok()) return s;
      before = ",";
      if (absl::Status s = WriteValue({field.bytes}, nesting + 1); !s.ok()) {
        return s;
      }
    }
    if (reader.malformed()) return Malformed();
  }
  return Append(before == "[" ? "[]" : "]");
}

absl::Status Transcoder::ReadMembers(const WireParts& wire,
                                     std::vector<Member>& members) {
  for (const absl::string_view part : wire) {
    WireReader reader(part);
    WireField field;
    while (reader.Next(field)) {
      if (field.number != Struct::kFieldsFieldNumber ||
          field.type != WireType::kBytes) {
        continue;
      }
      if (members.size() + values_ >= limits_.max_values) {
        return TooManyValues(limits_);
      }
      WireReader entry(field.bytes);
      WireField entry_field;
      absl::string_view key;
      while (entry.Next(entry_field)) {
        if (entry_field.number == kEntryKey &&
            entry_field.type == WireType::kBytes) {
          key = entry_field.bytes;
        }
      }
      if (entry.malformed()) return Malformed();
      members.push_back({OffsetOf(key), static_cast<uint32_t>(key.size()),
                         OffsetOf(field.bytes),
                         static_cast<uint32_t>(field.bytes.size())});
    }
    if (reader.malformed()) return Malformed();
  }
  return absl::OkStatus();
}

absl::Status Transcoder::WriteStruct(const WireParts& wire, int nesting) {
  if (nesting > limits_.max_nesting) return Malformed();
  std::vector<Member> members;
  if (absl::Status s = ReadMembers(wire, members); !s.ok()) return s;
  const auto key_of = [this](const Member& member) {
    return At(member.key, member.key_size);
  };
  std::stable_sort(
      members.begin(), members.end(),
      [&](const Member& a, const Member& b) { return key_of(a) < key_of(b); });
  absl::string_view before = "{";
  for (size_t i = 0; i < members.size(); ++i) {
    // The last of several equal keys wins.
    if (i + 1 < members.size() &&
        key_of(members[i]) == key_of(members[i + 1])) {
      continue;
    }
    if (absl::Status s = Append(before); !s.ok()) return s;
    before = ",";
    if (absl::Status s = WriteMember(members[i], nesting + 1); !s.ok()) {
      return s;
    }
  }
  return Append(before == "{" ? "{}" : "}");
}

absl::Status Transcoder::WriteMember(const Member& member, int nesting) {
  if (nesting > limits_.max_nesting) return Malformed();
  if (absl::Status s = WriteString(At(member.key, member.key_size)); !s.ok()) {
    return s;
  }
  if (absl::Status s = Append(":"); !s.ok()) return s;
  WireParts value;
  WireReader entry(At(member.entry, member.entry_size));
  WireField field;
  while (entry.Next(field)) {
    if (field.number != kEntryValue || field.type != WireType::kBytes) continue;
    if (value.size() == kMaxParts) return Malformed();
    value.push_back(field.bytes);
  }
  return WriteValue(value, nesting + 1);
}

absl::Status Transcoder::WriteNumber(uint64_t bits) {
  double number = 0;
  std::memcpy(&number, &bits, sizeof(number));
  if (!std::isfinite(number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("JSON cannot represent the number ", number));
  }
  return Append(JsonFromDouble(number));
}

// Escapes only what JSON requires.
absl::Status Transcoder::WriteString(absl::string_view text) {
  if (!IsUtf8(text)) return NotUtf8();
  if (absl::Status s = Append("\""); !s.ok()) return s;
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    if (absl::Status s = Append(text.substr(plain, i - plain)); !s.ok()) {
      return s;
    }
    plain = i + 1;
    char escape[6];
    if (absl::Status s = Append(Escape(c, escape)); !s.ok()) return s;
  }
  if (absl::Status s = Append(text.substr(plain)); !s.ok()) return s;
  return Append("\"");
}

}  // namespace

absl::StatusOr<std::string> JsonFromValueWire(const WireParts& wire,
                                              const ValueLimits& limits) {
  // All parts belong to one message, so the first part starts it.
  Transcoder transcoder(wire.empty() ? absl::string_view() : wire.front(),
                        limits);
  if (absl::Status s = transcoder.WriteValue(wire, 1); !s.ok()) return s;
  return std::move(transcoder.json());
}

}  // namespace wriftai
