#include "upstream/error_details.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "base/sanitize.h"
#include "google/protobuf/descriptor.h"

namespace wriftai {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Sanitizes every string in `message`, including nested messages and maps.
void SanitizeStrings(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const int count =
        field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        SanitizeStrings(
            field->is_repeated()
                ? *reflection.MutableRepeatedMessage(&message, field, i)
                : *reflection.MutableMessage(&message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text =
            field->is_repeated()
                ? reflection.GetRepeatedString(message, field, i)
                : reflection.GetString(message, field);
        // Keeps the length: callers that know the text set the bounds.
        std::string shown = SanitizeText(text, text.size());
        if (field->is_repeated()) {
          reflection.SetRepeatedString(&message, field, i, std::move(shown));
        } else {
          reflection.SetString(&message, field, std::move(shown));
        }
      }
    }
  }
}

}  // namespace

void SetDetail(const Message& detail, absl::Status& status) {
  const std::unique_ptr<Message> shown(detail.New());
  shown->CopyFrom(detail);
  SanitizeStrings(*shown);
  status.SetPayload(
      absl::StrCat(kDetailTypePrefix, detail.GetDescriptor()->full_name()),
      absl::Cord(shown->SerializeAsString()));
}

absl::Status GatewayError(absl::StatusCode code, v1::ErrorReason reason,
                          absl::string_view message) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(v1::ErrorReason_Name(reason));
  info.set_domain(kGatewayDomain);
  SetDetail(info, status);
  return status;
}

absl::Status FieldError(absl::string_view field, absl::string_view expected) {
  return InvalidField(field, absl::StrCat("expected ", expected));
}

absl::Status InvalidField(absl::string_view field,
                          absl::string_view description) {
  absl::Status status =
      GatewayError(absl::StatusCode::kInvalidArgument, v1::INVALID_FIELD,
                   absl::StrCat(field, ": ", description));
  google::rpc::BadRequest bad_request;
  auto* const violation = bad_request.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
  SetDetail(bad_request, status);
  return status;
}

void SetRetryDelay(absl::Duration delay, absl::Status& status) {
  delay = std::max(delay, absl::ZeroDuration());
  google::rpc::RetryInfo retry;
  const int64_t seconds = absl::IDivDuration(delay, absl::Seconds(1), &delay);
  retry.mutable_retry_delay()->set_seconds(seconds);
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(delay)));
  SetDetail(retry, status);
}

std::optional<absl::Duration> RetryDelay(const absl::Status& status) {
  const auto retry = GetDetail<google::rpc::RetryInfo>(status);
  if (!retry.has_value()) return std::nullopt;
  return absl::Seconds(retry->retry_delay().seconds()) +
         absl::Nanoseconds(retry->retry_delay().nanos());
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (info.has_value()) v1::ErrorReason_Parse(info->reason(), &reason);
  return reason;
}

void SetMetadata(absl::string_view key, absl::string_view value,
                 absl::Status& status) {
  auto info = GetDetail<google::rpc::ErrorInfo>(status).value_or(
      google::rpc::ErrorInfo());
  (*info.mutable_metadata())[std::string(key)] = std::string(value);
  SetDetail(info, status);
}

std::string MetadataOf(absl::string_view key, const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return "";
  const auto entry = info->metadata().find(std::string(key));
  return entry == info->metadata().end() ? "" : entry->second;
}

absl::Status PrefixFields(absl::string_view prefix,
                          const absl::Status& status) {
  auto bad_request = GetDetail<google::rpc::BadRequest>(status);
  if (!bad_request.has_value()) return status;
  std::string message(status.message());
  for (auto& violation : *bad_request->mutable_field_violations()) {
    if (absl::StartsWith(message, absl::StrCat(violation.field(), ": "))) {
      message = absl::StrCat(prefix, message);
    }
    violation.set_field(violation.field().empty()
                            ? std::string(absl::StripSuffix(prefix, "."))
                            : absl::StrCat(prefix, violation.field()));
  }
  absl::Status prefixed(status.code(), message);
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& detail) {
    prefixed.SetPayload(type, detail);
  });
  SetDetail(*bad_request, prefixed);
  return prefixed;
}

}  // namespace wriftai
