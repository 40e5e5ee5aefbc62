#include "service/rpc/request_codec.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/support/slice.h"
#include "proto/predictions.h"
#include "service/rpc/message_bytes.h"
#include "upstream/error_details.h"
#include "upstream/json/json_value.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Protobuf's own limit.
constexpr int kMaxNesting = 100;

// A create's input: the last of `input` and `input_json` in the message.
struct Input {
  std::string path;  // Of its field.
  WireParts value;
  absl::string_view json;
  bool is_json = false;
};

absl::Status ParseError(const Message& message) {
  return GatewayError(
      absl::StatusCode::kInvalidArgument, v1::INVALID_MESSAGE,
      absl::StrCat("cannot parse the request as ",
                   message.GetDescriptor()->full_name(),
                   ": malformed, or nested more than 100 levels"));
}

// Requests have no fixed-size fields.
WireType TypeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WireType::kBytes;
    default:
      return WireType::kVarint;
  }
}

// Reads a request field by field. Copies known fields into `kept`, the bytes of
// a message to parse, except the input, which is not copied.
class FieldFilter {
 public:
  explicit FieldFilter(const Message& request) : request_(request) {}

  absl::Status Filter(const Descriptor& type, absl::string_view bytes,
                      const std::string& path, std::string& kept) {
    WireReader reader(bytes);
    WireField field;
    while (reader.Next(field)) {
      const FieldDescriptor* const known =
          type.FindFieldByNumber(static_cast<int>(field.number));
      // Protobuf treats a field with an unexpected wire type as unknown and
      // would keep it.
      if (known == nullptr || TypeOf(*known) != field.type) continue;
      if (absl::Status s = Take(*known, field, path, kept); !s.ok()) return s;
    }
    return reader.malformed() ? ParseError(request_) : absl::OkStatus();
  }

  const Input& input() const { return input_; }

 private:
  absl::Status Take(const FieldDescriptor& known, const WireField& field,
                    const std::string& path, std::string& kept) {
    if (field.type != WireType::kBytes) {
      // If there are several, parsing keeps the last.
      kept.append(field.whole.data(), field.whole.size());
      return absl::OkStatus();
    }
    const std::string name = absl::StrCat(path, known.name());
    if (known.containing_type() == v1::CreateRequest::descriptor()) {
      if (known.number() == v1::CreateRequest::kInputFieldNumber) {
        if (input_.is_json) input_.value.clear();
        input_.is_json = false;
        input_.path = name;
        if (input_.value.size() == kMaxParts) return ParseError(request_);
        input_.value.push_back(field.bytes);
        return absl::OkStatus();
      }
      if (known.number() == v1::CreateRequest::kInputJsonFieldNumber) {
        input_.is_json = true;
        input_.path = name;
        input_.json = field.bytes;
        return CheckText(name, field.bytes);
      }
    }
    if (known.type() == FieldDescriptor::TYPE_MESSAGE) {
      // Without the input, requests are nested at most three levels.
      std::string nested;
      if (absl::Status s = Filter(*known.message_type(), field.bytes,
                                  absl::StrCat(name, "."), nested);
          !s.ok()) {
        return s;
      }
      AppendBytesHeader(field.number, nested.size(), kept);
      kept.append(nested);
      return absl::OkStatus();
    }
    kept.append(field.whole.data(), field.whole.size());
    return known.type() == FieldDescriptor::TYPE_STRING
               ? CheckText(name, field.bytes)
               : absl::OkStatus();
  }

  static absl::Status CheckText(absl::string_view name,
                                absl::string_view text) {
    if (IsUtf8(text)) return absl::OkStatus();
    return FieldError(name, "valid UTF-8");
  }

  // For a Value that is merged from several fields; encoders write one.
  static constexpr size_t kMaxParts = 1000;

  const Message& request_;
  Input input_;
};

// The CreateRequest in `message`, and its nesting level there.
std::pair<v1::CreateRequest*, int> CreateOf(Message& message) {
  if (auto* const create = dynamic_cast<v1::CreateRequest*>(&message)) {
    return {create, 0};
  }
  if (auto* const both = dynamic_cast<v1::CreateAndWaitRequest*>(&message)) {
    return {both->mutable_create(), 1};
  }
  return {nullptr, 0};
}

absl::Status SetInput(const Input& input, Message& message) {
  if (input.path.empty()) return absl::OkStatus();
  const auto [create, level] = CreateOf(message);
  if (input.is_json) {
    create->set_input_json(std::string(input.json));
    return absl::OkStatus();
  }
  ValueLimits limits;
  limits.max_nesting = kMaxNesting - level;
  absl::StatusOr<std::string> json = JsonFromValueWire(input.value, limits);
  if (absl::IsOutOfRange(json.status())) return ParseError(message);
  if (!json.ok()) {
    return FieldError(input.path,
                      absl::StrCat("a value that JSON can express: ",
                                   json.status().message()));
  }
  create->set_input_json(*std::move(json));
  // Marks a converted input. Unknown fields can only be the gateway's own here,
  // since those of callers were dropped.
  v1::CreateRequest::GetReflection()->MutableUnknownFields(create)->AddVarint(
      v1::CreateRequest::kInputFieldNumber, 1);
  return absl::OkStatus();
}

}  // namespace

bool InputWasValue(const v1::CreateRequest& create) {
  return !v1::CreateRequest::GetReflection()->GetUnknownFields(create).empty();
}

absl::Status DecodeInto(const grpc::ByteBuffer& bytes, size_t max_bytes,
                        Message& message) {
  const absl::StatusOr<std::string> flat = MessageBytes(bytes, max_bytes);
  if (!flat.ok()) return flat.status();
  FieldFilter filter(message);
  std::string kept;
  absl::Status status =
      filter.Filter(*message.GetDescriptor(), *flat, "", kept);
  if (!status.ok()) return status;
  if (!message.ParseFromString(kept)) return ParseError(message);
  return SetInput(filter.input(), message);
}

grpc::ByteBuffer Encode(const Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace wriftai
