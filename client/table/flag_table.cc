#include "client/table/flag_table.h"

#include "client/table/flag_setters.h"

namespace wriftai::client {
namespace {

constexpr int64_t kHourMs = int64_t{3'600'000};
constexpr int64_t kWeekMs = int64_t{7} * 24 * kHourMs;

constexpr FlagSpec kCreate[] = {
    Option("input", "JSON", SetText<&Flags::input>, "none",
           "Input of the model, instead of KEY=VALUE: JSON text, @FILE, or - "
           "for standard input. Sent byte for byte."),
    Switch("wait", &Flags::wait, "Wait until the prediction ends."),
    Option("webhook", "URL", SetText<&Flags::webhook>, "none",
           "URL to which the upstream sends webhooks for changes."),
    Option("webhook_secret_file", "FILE", SetText<&Flags::webhook_secret_file>,
           "none",
           "File with the key that signs the webhooks. Requires --webhook.")
        .File(),
    Switch("validate_input", &Flags::validate_input,
           "Validate the input against the model's schema before creating."),
    Option("server_wait", "DURATION", SetServerWait, "none",
           "How long the upstream may hold its response until the prediction "
           "ends, in whole seconds from 1s to 60s."),
    Option("request_id", "UUID", SetText<&Flags::request_id>, "none",
           "UUID that makes the create idempotent: retrying with the same UUID "
           "returns the first response, within an hour. A gateway process "
           "remembers only its own requests, unless replicas act as one."),
};

constexpr FlagSpec kWait[] = {
    Option("poll_interval", "DURATION",
           SetDuration<&Flags::poll_interval, 100, kHourMs>, "1s",
           "Interval of updates while nothing changes."),
    Switch("only_changes", &Flags::only_changes,
           "Receive only changes instead of every poll result."),
};

constexpr FlagSpec kPayload[] = {
    Option("payload_format", "FORMAT", SetPayloadFormat, "json",
           "How -o json prints input and output: `json`, a string with the "
           "upstream's JSON text byte for byte; or `value`, the JSON itself "
           "if the conversion is lossless.")
        .OneOf("json value"),
};

constexpr FlagSpec kList[] = {
    Option("limit", "N", SetNumber<&Flags::limit, 1, 1'000'000>, "none",
           "List N predictions, over as many pages as that takes."),
    Switch("all", &Flags::all, "List all pages."),
    Option("page_size", "N", SetNumber<&Flags::page_size, 1, 50>, "25",
           "Predictions per page, from 1 to 50."),
    Option("page_token", "TOKEN", SetText<&Flags::page_token>, "none",
           "Page to show, from the output of an earlier list."),
};

constexpr FlagSpec kHealth[] = {
    Option("service", "NAME", SetText<&Flags::service>, "the whole server",
           "Service to check, such as wriftai.predictions.v1.Predictions."),
};

constexpr FlagSpec kOutput[] = {
    Option("output", "FORMAT", SetOutput, "text",
           "What to print: text for people; json, one message per line; id, "
           "the ids of predictions; raw, only the model's output.")
        .Letter('o')
        .OneOf("text json id raw")
        .InProfile(),
    Switch("json", &Flags::json, "The same as -o json."),
    Option("output_file", "FILE", SetText<&Flags::output_file>,
           "standard output",
           "Write the result to FILE, which is replaced as a whole if the "
           "command gets one, and otherwise unchanged.")
        .Letter('O')
        .File(),
    Switch("quiet", &Flags::quiet, "Print no progress and no hints.")
        .Letter('q'),
    Option("color", "WHEN", SetColor, "auto",
           "Use color: auto, on a terminal unless NO_COLOR is set; always; "
           "never.")
        .OneOf("auto always never")
        .InProfile(),
};

constexpr FlagSpec kConnection[] = {
    Option("profile", "NAME", SetText<&Flags::profile>, "default, if it exists",
           "Section of the configuration file to use.")
        .Letter('p'),
    Option("address", "TARGET", SetText<&Flags::address>, "localhost:50051",
           "Address of the gateway: host:port or any gRPC target. The default "
           "port is 50051.")
        .InProfile(),
    Option("token_file", "FILE", SetText<&Flags::token_file>, "none",
           "File with a WriftAI access token to send to --address. Without a "
           "token, the gateway uses its own. The environment variable "
           "WRIFTCTL_TOKEN may hold the token instead.")
        .File()
        .InProfile(),
    Switch("tls", &Flags::tls,
           "Use TLS. --ca_file, --cert_file, --key_file and --server_name also "
           "enable it.")
        .InProfile(),
    Option("ca_file", "FILE", SetText<&Flags::ca_file>, "the system's",
           "PEM file with the trusted certificate authorities.")
        .File()
        .InProfile(),
    Option("cert_file", "FILE", SetText<&Flags::cert_file>, "none",
           "PEM file with the client's certificate, for mutual TLS. Requires "
           "--key_file.")
        .File()
        .InProfile(),
    Option("key_file", "FILE", SetText<&Flags::key_file>, "none",
           "PEM file with the private key of --cert_file.")
        .File()
        .InProfile(),
    Option("server_name", "NAME", SetText<&Flags::server_name>,
           "the host of --address",
           "Name expected in the gateway's certificate, if it differs from the "
           "host of --address, as with port forwarding.")
        .InProfile(),
    Option("timeout", "DURATION", SetDuration<&Flags::timeout, 1, kWeekMs>,
           "30s per call; none while waiting",
           "Time limit of the whole command, such as 30s, 5m or 1h30m.")
        .InProfile(),
    Option("retry_for", "DURATION", SetDuration<&Flags::retry_for, 0, kWeekMs>,
           "0; 30s to begin a wait",
           "For how long to repeat calls that fail but are safe to repeat. A "
           "create is repeated only if it certainly created nothing. A wait "
           "that has begun is always resumed.")
        .InProfile(),
};

constexpr FlagSpec kGeneral[] = {
    Switch("help", &Flags::help, "Print help and exit.").Letter('h'),
    Switch("version", &Flags::version, "Print the version and exit."),
};

}  // namespace

FlagGroup CreateFlags() { return {"Create", kCreate}; }
FlagGroup WaitFlags() { return {"Wait", kWait}; }
FlagGroup PayloadFlags() { return {"Payload", kPayload}; }
FlagGroup ListFlags() { return {"List", kList}; }
FlagGroup HealthFlags() { return {"Health", kHealth}; }
FlagGroup OutputFlags() { return {"Output", kOutput}; }
FlagGroup ConnectionFlags() { return {"Connection", kConnection}; }
FlagGroup GeneralFlags() { return {"General", kGeneral}; }

std::vector<const FlagSpec*> AllFlags() {
  std::vector<const FlagSpec*> all;
  for (const FlagGroup& group :
       {CreateFlags(), WaitFlags(), PayloadFlags(), ListFlags(), HealthFlags(),
        OutputFlags(), ConnectionFlags(), GeneralFlags()}) {
    for (const FlagSpec& flag : group.flags) all.push_back(&flag);
  }
  return all;
}

const FlagSpec* FindFlag(absl::string_view name) {
  for (const FlagSpec* const flag : AllFlags()) {
    if (name == flag->name) return flag;
  }
  return nullptr;
}

}  // namespace wriftai::client
