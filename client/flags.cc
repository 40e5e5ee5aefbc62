#include "client/flags.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace wriftai::client {
namespace {

FlagSet::Setter OptionalDuration(std::optional<absl::Duration>* value,
                                 absl::Duration min, absl::Duration max) {
  return [=](absl::string_view text) {
    absl::Duration parsed;
    if (!absl::ParseDuration(text, &parsed) || parsed < min || parsed > max) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected a duration from ", absl::FormatDuration(min),
                       " to ", absl::FormatDuration(max), ", such as 10s"));
    }
    *value = parsed;
    return absl::OkStatus();
  };
}

FlagSet::Setter ServerWait(std::optional<absl::Duration>* value) {
  return [=](absl::string_view text) {
    absl::Duration parsed;
    if (!absl::ParseDuration(text, &parsed) || parsed < absl::Seconds(1) ||
        parsed > absl::Seconds(60) ||
        parsed % absl::Seconds(1) != absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          "expected whole seconds from 1s to 60s, such as 10s");
    }
    *value = parsed;
    return absl::OkStatus();
  };
}

FlagSet::Setter Format(v1::PayloadFormat* value) {
  return [value](absl::string_view text) {
    if (text == "json") {
      *value = v1::PAYLOAD_FORMAT_JSON;
    } else if (text == "value") {
      *value = v1::PAYLOAD_FORMAT_VALUE;
    } else {
      return absl::InvalidArgumentError("expected json or value");
    }
    return absl::OkStatus();
  };
}

// The boolean flags. Only the other flags take the next argument as a value.
bool IsBool(absl::string_view name) {
  static constexpr const char* kNames[] = {
      "all", "help", "json",           "only_changes",
      "tls", "wait", "validate_input", "version"};
  return std::find(std::begin(kNames), std::end(kNames), name) !=
         std::end(kNames);
}

}  // namespace

void AddCommonFlags(Flags& flags, FlagSet& set) {
  set.Add("address", &flags.address,
          "Address of the gateway: host:port or any gRPC target. The default "
          "port is 50051.");
  set.Add("token_file", &flags.token_file,
          "File with a WriftAI access token to send to --address. Without a "
          "token, the gateway uses its own. The environment variable "
          "WRIFTCTL_TOKEN may hold the token instead.");
  set.Add("tls", &flags.tls,
          "Use TLS. Each of the next four flags also enables it.");
  set.Add("ca_file", &flags.ca_file,
          "PEM file with the trusted certificate authorities; replaces the "
          "system's.");
  set.Add("cert_file", &flags.cert_file,
          "PEM file with the client's certificate, for mutual TLS. Requires "
          "--key_file.");
  set.Add("key_file", &flags.key_file,
          "PEM file with the private key of --cert_file.");
  set.Add("server_name", &flags.server_name,
          "Name expected in the gateway's certificate, if it differs from the "
          "host of --address, as with port forwarding.");
  set.Add("timeout",
          OptionalDuration(&flags.timeout, absl::Milliseconds(1),
                           absl::Hours(24 * 7)),
          "Time limit of the whole command.",
          "30s per call; none while waiting");
  set.Add("json", &flags.json,
          "Print protobuf JSON, one message per line: the response of each "
          "call, and every update while waiting.");
  set.Add("version", &flags.version, "Print the version and exit.");
}

void AddPayloadFlags(Flags& flags, FlagSet& set) {
  set.Add("payload_format", Format(&flags.payload_format),
          "How --json prints input and output: `json`, a string with the "
          "upstream's JSON text byte for byte; or `value`, the JSON itself "
          "if the conversion is lossless.",
          "json");
}

void AddWaitFlags(Flags& flags, FlagSet& set) {
  set.Add("poll_interval",
          OptionalDuration(&flags.poll_interval, absl::Milliseconds(100),
                           absl::Hours(1)),
          "Interval of updates while nothing changes.", "1s");
  set.Add("only_changes", &flags.only_changes,
          "Receive only changes instead of every poll result.");
}

void AddCreateFlags(Flags& flags, FlagSet& set) {
  set.Add("input", &flags.input,
          "Input of the model: JSON text, @FILE, or @- for standard input. "
          "Required. Sent byte for byte.");
  set.Add("wait", &flags.wait,
          "Wait until the prediction ends. The next two flags apply only with "
          "--wait.");
  AddWaitFlags(flags, set);
  set.Add("webhook", &flags.webhook,
          "URL to which the upstream sends webhooks for changes.");
  set.Add("webhook_secret_file", &flags.webhook_secret_file,
          "File with the key that signs the webhooks. Requires --webhook.");
  set.Add("validate_input", &flags.validate_input,
          "Validate the input against the model's schema before creating.");
  set.Add("server_wait", ServerWait(&flags.server_wait),
          "How long the upstream may hold its response until the prediction "
          "ends, in whole seconds from 1s to 60s.",
          "none");
  set.Add("request_id", &flags.request_id,
          "UUID that makes the create idempotent: retrying with the same UUID "
          "returns the first response, within an hour. A gateway process "
          "remembers only its own requests, unless replicas act as one.");
}

void AddListFlags(Flags& flags, FlagSet& set) {
  set.Add("page_size", &flags.page_size, 1, 50,
          "Predictions per page, from 1 to 50.");
  set.Add("page_token", &flags.page_token,
          "Page to show, from the output of an earlier list.");
  set.Add("all", &flags.all, "List all pages.");
}

void AddHealthFlags(Flags& flags, FlagSet& set) {
  set.Add("service", &flags.service,
          "Service to check, such as wriftai.predictions.v1.Predictions; by "
          "default, the "
          "whole server.");
}

absl::StatusOr<std::vector<std::string>> NormalizeSpelling(
    const std::vector<std::string>& arguments) {
  std::vector<std::string> normal;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      normal.insert(normal.end(),
                    arguments.begin() + static_cast<std::ptrdiff_t>(i),
                    arguments.end());
      break;
    }
    if (argument == "-h") {
      normal.emplace_back("--help");
      continue;
    }
    absl::string_view rest = argument;
    if (!absl::ConsumePrefix(&rest, "--")) {
      if (absl::StartsWith(argument, "-")) {
        return absl::InvalidArgumentError(
            absl::StrCat(argument, ": unknown flag; see --help"));
      }
      normal.push_back(argument);
      continue;
    }
    const size_t equals = rest.find('=');
    std::string name =
        absl::StrReplaceAll(rest.substr(0, equals), {{"-", "_"}});
    absl::string_view negated = name;
    bool is_bool = IsBool(name);
    if (absl::ConsumePrefix(&negated, "no")) {
      absl::ConsumePrefix(&negated, "_");
      if (IsBool(negated)) {
        is_bool = true;
        name = absl::StrCat("no", negated);
      }
    }
    if (equals != absl::string_view::npos) {
      normal.push_back(absl::StrCat("--", name, rest.substr(equals)));
      continue;
    }
    normal.push_back(absl::StrCat("--", name));
    if (!is_bool && i + 1 < arguments.size()) normal.push_back(arguments[++i]);
  }
  return normal;
}

}  // namespace wriftai::client
