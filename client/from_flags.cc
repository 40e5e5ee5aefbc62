#include "client/from_flags.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/files.h"
#include "client/text.h"

namespace wriftai::client {
namespace {

constexpr char kTokenVariable[] = "WRIFTCTL_TOKEN";

absl::Status FileError(absl::string_view flag, const absl::Status& status) {
  return UsageError(flag, status.message());
}

absl::StatusOr<std::string> ReadOptionalFile(absl::string_view flag,
                                             const std::string& path) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return FileError(flag, text.status());
  return text;
}

absl::Status SetToken(const Flags& flags,
                      const FlagSet::Environment& environment,
                      ConnectionOptions& options) {
  absl::string_view source = kTokenVariable;
  if (!flags.token_file.empty()) {
    source = "--token_file";
    absl::StatusOr<Secret> token = ReadSecretFile(flags.token_file);
    if (!token.ok()) return FileError(source, token.status());
    options.token = *std::move(token);
  } else if (const char* const token = environment(kTokenVariable)) {
    options.token = Secret(token);
  }
  // gRPC aborts the process on any other characters.
  const absl::string_view text = options.token.Reveal();
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return c > ' ' && c < '\x7f'; })) {
    return UsageError(source,
                      "expected a token of printable ASCII without spaces");
  }
  return absl::OkStatus();
}

v1::WaitOptions WaitOptionsFrom(const Flags& flags) {
  v1::WaitOptions options;
  if (flags.poll_interval.has_value()) {
    *options.mutable_poll_interval() = ToProto(*flags.poll_interval);
  }
  options.set_only_changes(flags.only_changes);
  return options;
}

absl::StatusOr<Command> MakeCreate(const Flags& flags, std::string model,
                                   std::istream& standard_input) {
  CreateCommand command;
  v1::CreateRequest& request = command.request;
  request.set_model(std::move(model));
  if (flags.input.empty()) {
    return UsageError("create", "--input is required; see create --help");
  }
  absl::StatusOr<std::string> input = ReadArgument(flags.input, standard_input);
  if (!input.ok()) return FileError("--input", input.status());
  if (!IsUtf8(*input)) return UsageError("--input", "expected UTF-8");
  request.set_input_json(*std::move(input));
  if (!flags.webhook.empty()) {
    request.mutable_webhook()->set_url(flags.webhook);
  }
  if (!flags.webhook_secret_file.empty()) {
    if (flags.webhook.empty()) {
      return absl::InvalidArgumentError(
          "--webhook_secret_file requires --webhook");
    }
    absl::StatusOr<Secret> secret = ReadSecretFile(flags.webhook_secret_file);
    if (!secret.ok()) {
      return FileError("--webhook_secret_file", secret.status());
    }
    if (!IsUtf8(secret->Reveal())) {
      return UsageError("--webhook_secret_file", "expected UTF-8");
    }
    command.webhook_secret = *std::move(secret);
  }
  if (flags.validate_input) request.set_validate_input(true);
  if (flags.server_wait.has_value()) {
    *request.mutable_server_wait() = ToProto(*flags.server_wait);
  }
  request.set_request_id(flags.request_id);
  request.set_payload_format(flags.payload_format);
  command.wait = flags.wait;
  command.wait_options = WaitOptionsFrom(flags);
  return Command(std::move(command));
}

}  // namespace

absl::StatusOr<ConnectionOptions> ConnectionFromFlags(
    const Flags& flags, const FlagSet::Environment& environment) {
  ConnectionOptions options;
  if (flags.address.empty()) {
    return UsageError("--address", "expected host:port");
  }
  options.address = flags.address;
  if (!absl::StrContains(flags.address, ':')) {
    absl::StrAppend(&options.address, ":50051");
  }
  if (flags.cert_file.empty() != flags.key_file.empty()) {
    return absl::InvalidArgumentError(flags.cert_file.empty()
                                          ? "--key_file requires --cert_file"
                                          : "--cert_file requires --key_file");
  }
  options.tls = flags.tls || !flags.ca_file.empty() ||
                !flags.cert_file.empty() || !flags.server_name.empty();
  options.server_name = flags.server_name;
  absl::StatusOr<std::string> ca = ReadOptionalFile("--ca_file", flags.ca_file);
  if (!ca.ok()) return ca.status();
  options.ca = *std::move(ca);
  absl::StatusOr<std::string> certificate =
      ReadOptionalFile("--cert_file", flags.cert_file);
  if (!certificate.ok()) return certificate.status();
  options.certificate = *std::move(certificate);
  absl::StatusOr<std::string> key =
      ReadOptionalFile("--key_file", flags.key_file);
  if (!key.ok()) return key.status();
  options.key = Secret(*std::move(key));
  if (absl::Status status = SetToken(flags, environment, options);
      !status.ok()) {
    return status;
  }
  return options;
}

absl::StatusOr<Command> CommandFromFlags(absl::string_view name,
                                         const Flags& flags,
                                         std::string operand,
                                         std::istream& standard_input) {
  // Protobuf cannot send invalid UTF-8, and logs it to stderr.
  for (const absl::string_view text :
       {absl::string_view(operand), absl::string_view(flags.webhook),
        absl::string_view(flags.request_id),
        absl::string_view(flags.page_token),
        absl::string_view(flags.service)}) {
    if (!IsUtf8(text)) return UsageError(name, "arguments must be UTF-8");
  }
  if (name == "create") {
    return MakeCreate(flags, std::move(operand), standard_input);
  }
  if (name == "get") {
    GetCommand command;
    command.request.set_id(std::move(operand));
    command.request.set_payload_format(flags.payload_format);
    return Command(std::move(command));
  }
  if (name == "wait") {
    WaitCommand command;
    command.request.set_id(std::move(operand));
    command.request.set_payload_format(flags.payload_format);
    *command.request.mutable_wait_options() = WaitOptionsFrom(flags);
    return Command(std::move(command));
  }
  if (name == "cancel") {
    CancelCommand command;
    command.request.set_id(std::move(operand));
    return Command(std::move(command));
  }
  if (name == "health") {
    HealthCommand command;
    command.request.set_service(flags.service);
    return Command(std::move(command));
  }
  ListCommand command;
  command.request.set_page_size(static_cast<int32_t>(flags.page_size));
  command.request.set_page_token(flags.page_token);
  command.all = flags.all;
  return Command(std::move(command));
}

absl::Status UsageError(absl::string_view subject, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(subject, ": ", problem));
}

}  // namespace wriftai::client
