#include "service/rpc/translate.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "service/engine/engine.h"
#include "service/rpc/model_reference.h"
#include "service/rpc/request_codec.h"
#include "upstream/error_details.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

constexpr size_t kMaxUrlBytes = 2048;
constexpr size_t kMaxSecretBytes = 1024;
constexpr int64_t kMaxServerWait = 60;
constexpr absl::Duration kMinPollInterval = absl::Milliseconds(100);

// Longer than any wait; keeps arithmetic on the interval far from overflow.
constexpr absl::Duration kMaxPollInterval = absl::Hours(24);

constexpr int kDefaultPageSize = 25;
constexpr int kMaxPageSize = 50;

// Moves the text out of `request`, since it may have many megabytes.
absl::StatusOr<std::string> InputJsonFrom(v1::CreateRequest& request) {
  if (!request.has_input_json()) {
    return FieldError("input", "one of input and input_json");
  }
  const absl::StatusOr<JsonSlice> parsed = ParseJson(request.input_json());
  if (parsed.ok()) return std::move(*request.mutable_input_json());
  return InvalidField("input_json", parsed.status().message());
}

// Requires a scheme and a host; the upstream validates the rest.
bool IsHttpUrl(absl::string_view url) {
  size_t host = 0;
  if (absl::StartsWithIgnoreCase(url, "http://")) host = 7;
  if (absl::StartsWithIgnoreCase(url, "https://")) host = 8;
  if (host == 0 || url.size() > kMaxUrlBytes) return false;
  if (host == url.size() || !absl::ascii_isalnum(url[host])) {
    if (host == url.size() || url[host] != '[') return false;
  }
  return std::all_of(url.begin(), url.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

absl::StatusOr<std::optional<WebhookParams>> WebhookFrom(
    const v1::CreateRequest& request) {
  if (!request.has_webhook()) return std::nullopt;
  const v1::Webhook& webhook = request.webhook();
  if (!IsHttpUrl(webhook.url())) {
    return FieldError("webhook.url",
                      "an absolute http or https URL of at most 2048 bytes");
  }
  WebhookParams params{webhook.url(), std::nullopt};
  if (webhook.has_secret()) {
    if (webhook.secret().empty() || webhook.secret().size() > kMaxSecretBytes) {
      return FieldError("webhook.secret", "1 to 1024 bytes, or no secret");
    }
    params.secret = Secret(webhook.secret());
  }
  return params;
}

// google.protobuf.Duration requires seconds and nanos of the same sign.
bool IsDuration(const google::protobuf::Duration& duration) {
  return duration.nanos() > -1'000'000'000 &&
         duration.nanos() < 1'000'000'000 &&
         (duration.seconds() == 0 || duration.nanos() == 0 ||
          (duration.seconds() > 0) == (duration.nanos() > 0));
}

absl::StatusOr<std::optional<int>> ServerWaitFrom(
    const v1::CreateRequest& request) {
  if (!request.has_server_wait()) return std::nullopt;
  const auto& wait = request.server_wait();
  if (wait.nanos() != 0 || wait.seconds() < 1 ||
      wait.seconds() > kMaxServerWait) {
    return FieldError("server_wait", "whole seconds from 1 to 60");
  }
  return static_cast<int>(wait.seconds());
}

// A UUID in its 8-4-4-4-12 form, returned in lower case.
absl::StatusOr<std::string> UuidFrom(absl::string_view field,
                                     absl::string_view text) {
  if (auto uuid = UuidFromText(text)) return *std::move(uuid);
  return FieldError(field,
                    "a UUID such as c12258c4-ed83-4d7b-a784-8ed55412325a");
}

// Proto3 enums are open: the value may be any number.
absl::StatusOr<v1::PayloadFormat> PayloadFormatFrom(v1::PayloadFormat format) {
  if (format == v1::PAYLOAD_FORMAT_UNSPECIFIED) return v1::PAYLOAD_FORMAT_VALUE;
  if (v1::PayloadFormat_IsValid(format)) return format;
  return FieldError("payload_format",
                    "PAYLOAD_FORMAT_VALUE or PAYLOAD_FORMAT_JSON");
}

absl::StatusOr<CreateParams> CreateParamsFrom(v1::CreateRequest& request) {
  CreateParams params;
  auto model = ModelReferenceFrom(request.model());
  if (!model.ok()) return model.status();
  params.model = *std::move(model);

  params.input_is_value = InputWasValue(request);
  auto input = InputJsonFrom(request);
  if (!input.ok()) return input.status();
  params.input_json = *std::move(input);

  auto webhook = WebhookFrom(request);
  if (!webhook.ok()) return webhook.status();
  params.webhook = *std::move(webhook);

  if (request.has_validate_input()) {
    params.validate_input = request.validate_input();
  }
  auto server_wait = ServerWaitFrom(request);
  if (!server_wait.ok()) return server_wait.status();
  params.server_wait = *server_wait;
  return params;
}

// "owner/name" or "owner/name:version".
std::string NameOf(const ModelReference& model) {
  std::string name = absl::StrCat(model.owner, "/", model.name);
  if (model.version.has_value()) absl::StrAppend(&name, ":", *model.version);
  return name;
}

absl::StatusOr<WatchOptions> WatchOptionsFrom(const v1::WaitOptions& options) {
  WatchOptions watch;
  watch.only_changes = options.only_changes();
  if (options.has_poll_interval()) {
    const auto& interval = options.poll_interval();
    // Checked in seconds first, to avoid an overflow of the sum.
    const bool in_range = IsDuration(interval) && interval.seconds() >= 0 &&
                          interval.seconds() <= 86'400;
    watch.poll_interval = in_range ? absl::Seconds(interval.seconds()) +
                                         absl::Nanoseconds(interval.nanos())
                                   : absl::ZeroDuration();
    if (watch.poll_interval < kMinPollInterval ||
        watch.poll_interval > kMaxPollInterval) {
      return FieldError("wait_options.poll_interval",
                        "a duration from 100 ms to 24 hours");
    }
  }
  return watch;
}

}  // namespace

absl::StatusOr<GetCall> CallFrom(const v1::GetRequest& request) {
  auto id = UuidFrom("id", request.id());
  if (!id.ok()) return id.status();
  const auto format = PayloadFormatFrom(request.payload_format());
  if (!format.ok()) return format.status();
  GetCall call;
  call.id = *std::move(id);
  call.format = *format;
  return call;
}

absl::StatusOr<CreateCall> CallFrom(v1::CreateRequest request) {
  CreateCall call;
  auto params = CreateParamsFrom(request);
  if (!params.ok()) return params.status();
  call.params = *std::move(params);
  call.model = NameOf(call.params.model);
  call.upstream_bytes = call.params.input_json.size();
  if (!request.request_id().empty()) {
    auto request_id = UuidFrom("request_id", request.request_id());
    if (!request_id.ok()) return request_id.status();
    call.request_id = *std::move(request_id);
  }
  const auto format = PayloadFormatFrom(request.payload_format());
  if (!format.ok()) return format.status();
  call.format = *format;
  return call;
}

absl::StatusOr<ListCall> CallFrom(const v1::ListRequest& request) {
  if (request.page_size() < 0) {
    return FieldError("page_size", "0 (for the default of 25) or 1 to 50");
  }
  const int page_size =
      request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  ListCall call;
  call.page_size = std::min(page_size, kMaxPageSize);
  call.page_token = request.page_token();
  return call;
}

absl::StatusOr<CancelCall> CallFrom(const v1::CancelRequest& request) {
  auto id = UuidFrom("id", request.id());
  if (!id.ok()) return id.status();
  CancelCall call;
  call.id = *std::move(id);
  return call;
}

absl::StatusOr<WaitCall> CallFrom(const v1::WaitRequest& request) {
  auto id = UuidFrom("id", request.id());
  if (!id.ok()) return id.status();
  const auto options = WatchOptionsFrom(request.wait_options());
  if (!options.ok()) return options.status();
  const auto format = PayloadFormatFrom(request.payload_format());
  if (!format.ok()) return format.status();
  WaitCall call;
  call.id = *std::move(id);
  call.options = *options;
  call.format = *format;
  return call;
}

absl::StatusOr<CreateAndWaitCall> CallFrom(v1::CreateAndWaitRequest request) {
  auto create = CallFrom(std::move(*request.mutable_create()));
  if (!create.ok()) return PrefixFields(Engine::kCreatePrefix, create.status());
  const auto options = WatchOptionsFrom(request.wait_options());
  if (!options.ok()) return options.status();
  return CreateAndWaitCall{*std::move(create), *options};
}

}  // namespace wriftai
