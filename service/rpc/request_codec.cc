#include "service/rpc/request_codec.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/support/slice.h"
#include "service/rpc/message_bytes.h"
#include "upstream/error_details.h"
#include "upstream/json/json_value.h"
#include "upstream/json/proto_wire.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// As deep as protobuf itself parses.
constexpr int kMaxNesting = 100;

// A create's input, whichever of the two came last.
struct Input {
  std::string path;  // Of the field that it is in.
  WireParts value;
  absl::string_view json;
  bool is_json = false;
};

absl::Status NoSuchMessage(const Message& message) {
  return GatewayError(
      absl::StatusCode::kInvalidArgument, "INVALID_MESSAGE",
      absl::StrCat("the request is no ", message.GetDescriptor()->full_name(),
                   ", or is nested more than 100 deep"));
}

// Requests have no fields of fixed size.
WireType TypeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WireType::kBytes;
    default:
      return WireType::kVarint;
  }
}

// Reads a request's fields one by one. What is small goes into `kept`, the
// bytes of a message that can be parsed; the input stays where it is.
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
      // What is of another type is an unknown field to protobuf, and would be
      // kept as one.
      if (known == nullptr || TypeOf(*known) != field.type) continue;
      if (absl::Status s = Take(*known, field, path, kept); !s.ok()) return s;
    }
    return reader.malformed() ? NoSuchMessage(request_) : absl::OkStatus();
  }

  const Input& input() const { return input_; }

 private:
  absl::Status Take(const FieldDescriptor& known, const WireField& field,
                    const std::string& path, std::string& kept) {
    if (field.type != WireType::kBytes) {
      // Of several, parsing keeps the last.
      kept.append(field.whole.data(), field.whole.size());
      return absl::OkStatus();
    }
    const std::string name = absl::StrCat(path, known.name());
    if (known.containing_type() == v1::CreateRequest::descriptor()) {
      if (known.number() == v1::CreateRequest::kInputFieldNumber) {
        if (input_.is_json) input_.value.clear();
        input_.is_json = false;
        input_.path = name;
        if (input_.value.size() == kMaxParts) return NoSuchMessage(request_);
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
      // No request but for the input is nested more than three deep.
      std::string below;
      if (absl::Status s = Filter(*known.message_type(), field.bytes,
                                  absl::StrCat(name, "."), below);
          !s.ok()) {
        return s;
      }
      AppendBytesHeader(field.number, below.size(), kept);
      kept.append(below);
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
    return FieldError(name, "text in valid UTF-8");
  }

  // Of a Value that is merged from several fields; encoders write one.
  static constexpr size_t kMaxParts = 1000;

  const Message& request_;
  Input input_;
};

// The create in `message`, with how many messages are around its input.
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
  const auto [create, around] = CreateOf(message);
  if (input.is_json) {
    create->set_input_json(std::string(input.json));
    return absl::OkStatus();
  }
  ValueLimits limits;
  limits.max_nesting = kMaxNesting - around;
  absl::StatusOr<std::string> json = JsonFromValueWire(input.value, limits);
  if (absl::IsOutOfRange(json.status())) return NoSuchMessage(message);
  if (!json.ok()) {
    return FieldError(input.path,
                      absl::StrCat("a value that JSON can express: ",
                                   json.status().message()));
  }
  create->set_input_json(*std::move(json));
  // Unknown fields are the gateway's own here: those of callers are left out.
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
  if (!message.ParseFromString(kept)) return NoSuchMessage(message);
  return SetInput(filter.input(), message);
}

grpc::ByteBuffer Encode(const Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace wriftai
