#ifndef WRIFTAI_CLIENT_COMMAND_H_
#define WRIFTAI_CLIENT_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "client/output/output_options.h"
#include "grpc/health/v1/health.pb.h"
#include "proto/predictions.h"

// A parsed command line. The files it names have been read. Secrets are stored
// apart from values that may be printed. All text is UTF-8.

namespace wriftai::client {

struct ConnectionOptions {
  // A gRPC target with a port: `host:port`, `dns:///…`, `unix:…`.
  std::string address;

  bool tls = false;

  // PEM texts. `ca`: trusted authorities; empty selects the system's.
  // `certificate` and `key`: the client's, both set or both empty.
  std::string ca;
  std::string certificate;
  Secret key;

  // Name expected in the gateway's certificate; empty: the address's host.
  std::string server_name;

  // Sent as `authorization: Bearer …`; not sent if empty.
  Secret token;
};

struct GetCommand {
  v1::GetRequest request;
};

struct ListCommand {
  v1::ListRequest request;
  bool all = false;              // Every page instead of one.
  std::optional<int64_t> limit;  // As many pages as this number takes.
};

struct WaitCommand {
  v1::WaitRequest request;
};

struct CancelCommand {
  v1::CancelRequest request;
};

struct CreateCommand {
  // Excludes the webhook's secret.
  v1::CreateRequest request;
  std::optional<Secret> webhook_secret;
  bool wait = false;
  v1::WaitOptions wait_options;
};

struct HealthCommand {
  grpc::health::v1::HealthCheckRequest request;
};

// Prints a text: help, a completion script.
struct TextCommand {
  std::string text;
};

struct VersionCommand {};

using Command =
    std::variant<TextCommand, VersionCommand, GetCommand, ListCommand,
                 WaitCommand, CancelCommand, CreateCommand, HealthCommand>;

struct Invocation {
  ConnectionOptions connection;

  // For the whole command. Unset: the command's default.
  std::optional<absl::Duration> timeout;

  // How long to repeat failed calls. Unset: the command's default.
  std::optional<absl::Duration> retry_for;

  OutputOptions output;

  // For standard error, one line each.
  std::vector<std::string> warnings;

  Command command;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_COMMAND_H_
