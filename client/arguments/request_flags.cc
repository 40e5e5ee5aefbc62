#include "client/arguments/request_flags.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "client/arguments/files.h"
#include "client/arguments/input.h"
#include "client/arguments/usage_error.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

constexpr char kExpectedUuid[] =
    "expected a UUID such as c12258c4-ed83-4d7b-a784-8ed55412325a";

v1::WaitOptions WaitOptionsFrom(const Flags& flags) {
  v1::WaitOptions options;
  if (flags.poll_interval.has_value()) {
    *options.mutable_poll_interval() = ToProto(*flags.poll_interval);
  }
  options.set_only_changes(flags.only_changes);
  return options;
}

absl::StatusOr<std::string> CreateInput(const Flags& flags,
                                        const std::vector<std::string>& fields,
                                        std::istream& standard_input) {
  if (!fields.empty() && !flags.input.empty()) {
    return UsageError("create",
                      "expected either --input or KEY=VALUE, not both");
  }
  if (!fields.empty()) return InputFromFields(fields, standard_input);
  if (flags.input.empty()) {
    return UsageError("create",
                      "--input or KEY=VALUE is required; see create --help");
  }
  return InputFromFlag(flags.input, standard_input);
}

absl::Status SetWebhook(const Flags& flags, CreateCommand& command) {
  if (!flags.webhook.empty()) {
    command.request.mutable_webhook()->set_url(flags.webhook);
  }
  if (flags.webhook_secret_file.empty()) return absl::OkStatus();
  if (flags.webhook.empty()) {
    return absl::InvalidArgumentError(
        "--webhook_secret_file requires --webhook");
  }
  absl::StatusOr<Secret> secret = ReadSecretFile(flags.webhook_secret_file);
  if (!secret.ok()) {
    return UsageError("--webhook_secret_file", secret.status().message());
  }
  if (!IsUtf8(secret->Reveal())) {
    return UsageError("--webhook_secret_file", "expected UTF-8");
  }
  command.webhook_secret = *std::move(secret);
  return absl::OkStatus();
}

absl::StatusOr<Command> MakeCreate(const Flags& flags,
                                   std::vector<std::string> operands,
                                   std::istream& standard_input) {
  CreateCommand command;
  v1::CreateRequest& request = command.request;
  request.set_model(std::move(operands[0]));
  operands.erase(operands.begin());
  absl::StatusOr<std::string> input =
      CreateInput(flags, operands, standard_input);
  if (!input.ok()) return input.status();
  request.set_input_json(*std::move(input));
  if (absl::Status status = SetWebhook(flags, command); !status.ok()) {
    return status;
  }
  if (flags.validate_input) request.set_validate_input(true);
  if (flags.server_wait.has_value()) {
    *request.mutable_server_wait() = ToProto(*flags.server_wait);
  }
  if (!flags.request_id.empty() &&
      !UuidFromText(flags.request_id).has_value()) {
    return UsageError("--request_id", kExpectedUuid);
  }
  request.set_request_id(flags.request_id);
  request.set_payload_format(flags.payload_format);
  command.wait = flags.wait;
  command.wait_options = WaitOptionsFrom(flags);
  return Command(std::move(command));
}

Command MakeList(const Flags& flags) {
  ListCommand command;
  command.request.set_page_size(static_cast<int32_t>(flags.page_size));
  command.request.set_page_token(flags.page_token);
  command.all = flags.all;
  command.limit = flags.limit;
  return Command(std::move(command));
}

// Protobuf cannot send invalid UTF-8, and logs it to stderr.
absl::Status CheckUtf8(absl::string_view name, const Flags& flags,
                       const std::vector<std::string>& operands) {
  bool valid = IsUtf8(flags.webhook) && IsUtf8(flags.page_token) &&
               IsUtf8(flags.service) && IsUtf8(flags.input);
  for (const std::string& operand : operands) valid = valid && IsUtf8(operand);
  return valid ? absl::OkStatus() : UsageError(name, "arguments must be UTF-8");
}

}  // namespace

absl::StatusOr<Command> CommandFromFlags(absl::string_view name,
                                         const Flags& flags,
                                         std::vector<std::string> operands,
                                         std::istream& standard_input) {
  if (absl::Status status = CheckUtf8(name, flags, operands); !status.ok()) {
    return status;
  }
  if (name == "create") {
    return MakeCreate(flags, std::move(operands), standard_input);
  }
  if (name == "list") return MakeList(flags);
  if (name == "health") {
    HealthCommand command;
    command.request.set_service(flags.service);
    return Command(std::move(command));
  }
  std::string& id = operands[0];
  if (!UuidFromText(id).has_value()) return UsageError("ID", kExpectedUuid);
  if (name == "get") {
    GetCommand command;
    command.request.set_id(std::move(id));
    command.request.set_payload_format(flags.payload_format);
    return Command(std::move(command));
  }
  if (name == "wait") {
    WaitCommand command;
    command.request.set_id(std::move(id));
    command.request.set_payload_format(flags.payload_format);
    *command.request.mutable_wait_options() = WaitOptionsFrom(flags);
    return Command(std::move(command));
  }
  CancelCommand command;
  command.request.set_id(std::move(id));
  return Command(std::move(command));
}

}  // namespace wriftai::client
