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
                                 absl::Duration least, absl::Duration most) {
  return [=](absl::string_view text) {
    absl::Duration parsed;
    if (!absl::ParseDuration(text, &parsed) || parsed < least ||
        parsed > most) {
      return absl::InvalidArgumentError(
          absl::StrCat("wanted a duration from ", absl::FormatDuration(least),
                       " to ", absl::FormatDuration(most), ", such as 10s"));
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
          "wanted whole seconds from 1s to 60s, such as 10s");
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
      return absl::InvalidArgumentError("wanted json or value");
    }
    return absl::OkStatus();
  };
}

// FlagSet gives these no next argument for a value; all others take one.
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
          "The gateway: host:port, or any name that gRPC resolves. Without a "
          "port: 50051.");
  set.Add("token_file", &flags.token_file,
          "File with the WriftAI access token to act with; without one the "
          "gateway's own is used. The variable WRIFTCTL_TOKEN holds the token "
          "itself. It is sent to whatever --address names.");
  set.Add("tls", &flags.tls,
          "Speak TLS. Each of the next four flags turns it on too.");
  set.Add("ca_file", &flags.ca_file,
          "PEM file with the authorities to trust, instead of the machine's.");
  set.Add("cert_file", &flags.cert_file,
          "PEM file with the client's certificate, for a gateway that asks.");
  set.Add("key_file", &flags.key_file, "PEM file with that one's key.");
  set.Add("server_name", &flags.server_name,
          "The name to look for in the gateway's certificate, where it is not "
          "the host of --address, as through a forwarded port.");
  set.Add("timeout",
          OptionalDuration(&flags.timeout, absl::Milliseconds(1),
                           absl::Hours(24 * 7)),
          "How long the whole command may take.",
          "30s a call, none while waiting");
  set.Add("json", &flags.json,
          "Print messages as protobuf's JSON, one a line: for each call its "
          "answer, while waiting every update.");
  set.Add("version", &flags.version, "Print the version.");
}

void AddPayloadFlags(Flags& flags, FlagSet& set) {
  set.Add("payload_format", Format(&flags.payload_format),
          "How --json carries input and output: `json`, a string with the "
          "upstream's JSON text byte for byte, or `value`, the JSON itself "
          "where that loses nothing.",
          "json");
}

void AddWaitFlags(Flags& flags, FlagSet& set) {
  set.Add("poll_interval",
          OptionalDuration(&flags.poll_interval, absl::Milliseconds(100),
                           absl::Hours(1)),
          "How often to be told while nothing changes.", "1s");
  set.Add("only_changes", &flags.only_changes,
          "Be told of changes alone, instead of every poll result.");
}

void AddCreateFlags(Flags& flags, FlagSet& set) {
  set.Add("input", &flags.input,
          "What to give to the model: JSON text, @FILE, or @- for standard "
          "input. Required. Sent byte for byte.");
  set.Add("wait", &flags.wait,
          "Wait until the prediction has ended. The two flags below are for "
          "this.");
  AddWaitFlags(flags, set);
  set.Add("webhook", &flags.webhook,
          "URL to which the upstream shall report changes.");
  set.Add("webhook_secret_file", &flags.webhook_secret_file,
          "File with the key to sign those reports with.");
  set.Add("validate_input", &flags.validate_input,
          "Have the input checked against the model's schema first.");
  set.Add("server_wait", ServerWait(&flags.server_wait),
          "How long the upstream may hold its answer for the prediction to "
          "end, in whole seconds from 1s to 60s.",
          "none");
  set.Add("request_id", &flags.request_id,
          "UUID that makes the create happen once: repeated with the same "
          "one, it returns the first answer. A gateway process keeps these in "
          "memory, for itself alone.");
}

void AddListFlags(Flags& flags, FlagSet& set) {
  set.Add("page_size", &flags.page_size, 1, 50,
          "Predictions a page, from 1 to 50.");
  set.Add("page_token", &flags.page_token,
          "Where to go on, as an earlier list said.");
  set.Add("all", &flags.all, "Go on until the end, page by page.");
}

void AddHealthFlags(Flags& flags, FlagSet& set) {
  set.Add("service", &flags.service,
          "The service to ask for, such as wriftai.v1.Predictions; without "
          "one, the whole server.");
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
