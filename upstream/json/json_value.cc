#include "upstream/json/json_value.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_number.h"
#include "upstream/json/json_reader.h"
#include "upstream/json/json_writer.h"

namespace wriftai {
namespace {

using google::protobuf::ListValue;
using google::protobuf::NullValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// Builds a Value, and stops the reading at the first thing it cannot hold.
class ValueBuilder final : public JsonVisitor {
 public:
  bool OnKey(absl::string_view key) override {
    auto& fields = *open_.back()->mutable_struct_value()->mutable_fields();
    const auto added = fields.insert({std::string(key), Value()});
    member_ = &added.first->second;
    return added.second || Inexact();
  }

  bool OnScalar(const JsonSlice& slice, absl::string_view decoded) override {
    Value& value = Next();
    switch (slice.kind) {
      case JsonKind::kNull:
        value.set_null_value(NullValue::NULL_VALUE);
        return true;
      case JsonKind::kBool:
        value.set_bool_value(slice.text == "true");
        return true;
      case JsonKind::kString:
        value.set_string_value(std::string(decoded));
        return true;
      default: {
        const std::optional<double> number = ExactDouble(slice.text);
        if (!number.has_value()) return Inexact();
        value.set_number_value(*number);
        return true;
      }
    }
  }

  bool OnStart(JsonKind kind, size_t) override {
    Value& value = Next();
    messages_ += MessagesOf(kind);
    if (messages_ > kMaxValueMessages) return Inexact();
    if (kind == JsonKind::kArray) {
      value.mutable_list_value();
    } else {
      value.mutable_struct_value();
    }
    open_.push_back(&value);
    return true;
  }

  bool OnEnd(size_t) override {
    messages_ -= MessagesOf(open_.back()->has_list_value() ? JsonKind::kArray
                                                           : JsonKind::kObject);
    open_.pop_back();
    return true;
  }

  bool exact() const { return exact_; }
  Value& value() { return root_; }

 private:
  // How many messages an array or object adds to those around it.
  static int MessagesOf(JsonKind kind) {
    return kind == JsonKind::kArray ? 2 : 3;
  }

  // Where the next value of the text belongs.
  Value& Next() {
    if (open_.empty()) return root_;
    Value& parent = *open_.back();
    if (parent.has_list_value()) {
      return *parent.mutable_list_value()->add_values();
    }
    return *member_;
  }

  bool Inexact() {
    exact_ = false;
    return false;
  }

  Value root_;
  std::vector<Value*> open_;  // Into root_; protobuf does not move them.
  Value* member_ = nullptr;   // Of the key that was read last.
  int messages_ = 1;
  bool exact_ = true;
};

using Writer = JsonWriter<rapidjson::kWriteValidateEncodingFlag>;

absl::Status WriteValue(const Value& value, size_t depth, Writer& writer);

absl::Status NotUtf8() {
  return absl::InvalidArgumentError("a string that is not UTF-8");
}

rapidjson::SizeType SizeOf(const std::string& text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

absl::Status WriteNumber(double number, Writer& writer) {
  if (!std::isfinite(number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("JSON has no number for ", number));
  }
  const std::string json = JsonFromDouble(number);
  writer.RawValue(json.data(), json.size(), rapidjson::kNumberType);
  return absl::OkStatus();
}

absl::Status WriteStruct(const Struct& object, size_t depth, Writer& writer) {
  using Member = std::pair<const std::string*, const Value*>;
  std::vector<Member> members;
  members.reserve(object.fields().size());
  for (const auto& field : object.fields()) {
    members.emplace_back(&field.first, &field.second);
  }
  std::sort(
      members.begin(), members.end(),
      [](const Member& a, const Member& b) { return *a.first < *b.first; });
  writer.StartObject();
  for (const auto& [key, value] : members) {
    if (!writer.Key(key->data(), SizeOf(*key))) return NotUtf8();
    if (absl::Status s = WriteValue(*value, depth, writer); !s.ok()) return s;
  }
  writer.EndObject();
  return absl::OkStatus();
}

absl::Status WriteList(const ListValue& list, size_t depth, Writer& writer) {
  writer.StartArray();
  for (const Value& value : list.values()) {
    if (absl::Status s = WriteValue(value, depth, writer); !s.ok()) return s;
  }
  writer.EndArray();
  return absl::OkStatus();
}

// `depth`: the arrays and objects around `value`.
absl::Status WriteValue(const Value& value, size_t depth, Writer& writer) {
  switch (value.kind_case()) {
    case Value::kNullValue:
      writer.Null();
      return absl::OkStatus();
    case Value::kBoolValue:
      writer.Bool(value.bool_value());
      return absl::OkStatus();
    case Value::kNumberValue:
      return WriteNumber(value.number_value(), writer);
    case Value::kStringValue: {
      const std::string& text = value.string_value();
      if (!writer.String(text.data(), SizeOf(text))) return NotUtf8();
      return absl::OkStatus();
    }
    case Value::KIND_NOT_SET:
      return absl::InvalidArgumentError("a Value of no kind");
    default:
      break;
  }
  if (depth == kMaxJsonDepth) {
    return absl::InvalidArgumentError("nesting above 1000 levels");
  }
  return value.has_list_value()
             ? WriteList(value.list_value(), depth + 1, writer)
             : WriteStruct(value.struct_value(), depth + 1, writer);
}

}  // namespace

std::optional<Value> ExactValueFromJson(absl::string_view json) {
  ValueBuilder builder;
  if (!ReadJson(json, builder).ok() || !builder.exact()) return std::nullopt;
  return std::move(builder.value());
}

absl::StatusOr<std::string> JsonFromValue(const Value& value) {
  StringSink sink;
  Writer writer(sink);
  if (absl::Status s = WriteValue(value, 0, writer); !s.ok()) return s;
  return std::move(sink.out);
}

}  // namespace wriftai
