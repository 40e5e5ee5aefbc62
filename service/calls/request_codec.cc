#include "service/calls/request_codec.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/support/slice.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// As deep as protobuf itself parses.
constexpr int kMostNesting = 100;

// Asked of protobuf, so that there is one opinion on it.
bool IsUtf8(const std::string& text) {
  UnknownFieldSet wrapped;
  wrapped.AddLengthDelimited(google::protobuf::StringValue::kValueFieldNumber,
                             text);
  std::string bytes;
  google::protobuf::StringValue value;
  return wrapped.SerializeToString(&bytes) && value.ParseFromString(bytes);
}

// The path of the first string field in `bytes` that is not UTF-8; empty where
// there is none.
std::string FindBadString(const Descriptor& type, const std::string& bytes,
                          int nesting) {
  UnknownFieldSet fields;
  if (nesting > kMostNesting || !fields.ParseFromString(bytes)) return "";
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    const FieldDescriptor* const known = type.FindFieldByNumber(field.number());
    if (known == nullptr ||
        field.type() != UnknownField::TYPE_LENGTH_DELIMITED) {
      continue;
    }
    if (known->type() == FieldDescriptor::TYPE_STRING &&
        !IsUtf8(field.length_delimited())) {
      return known->name();
    }
    if (known->type() == FieldDescriptor::TYPE_MESSAGE) {
      const std::string below = FindBadString(
          *known->message_type(), field.length_delimited(), nesting + 1);
      if (!below.empty()) return absl::StrCat(known->name(), ".", below);
    }
  }
  return "";
}

std::string Flatten(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

absl::Status DecodeInto(const grpc::ByteBuffer& bytes,
                        google::protobuf::Message& message) {
  const std::string flat = Flatten(bytes);
  if (message.ParseFromString(flat)) return absl::OkStatus();
  const std::string field = FindBadString(*message.GetDescriptor(), flat, 0);
  if (!field.empty()) return FieldError(field, "text in valid UTF-8");
  return GatewayError(
      absl::StatusCode::kInvalidArgument, "INVALID_MESSAGE",
      absl::StrCat("the request is no ", message.GetDescriptor()->full_name(),
                   ", or is nested more than 100 deep"));
}

grpc::ByteBuffer Encode(const google::protobuf::Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace wriftai
