#ifndef WRIFTAI_CLIENT_COMMAND_H_
#define WRIFTAI_CLIENT_COMMAND_H_

#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "base/secret.h"
#include "grpc/health/v1/health.pb.h"
#include "wriftai/v1/predictions.pb.h"

// What a command line asks for, as values: files are read, secrets are kept
// apart from what may be printed. All text is UTF-8.

namespace wriftai::client {

struct ConnectionOptions {
  // As gRPC names it, with a port: `host:port`, `dns:///…`, `unix:…`.
  std::string address;

  bool tls = false;

  // PEM texts. `ca`: whom to trust, empty for the machine's own list.
  // `certificate` and `key`: who we are, both or none.
  std::string ca;
  std::string certificate;
  Secret key;

  // What the gateway's certificate has to be for; empty: the address's host.
  std::string server_name;

  // Sent as `authorization: Bearer …`; empty sends nothing.
  Secret token;
};

struct GetCommand {
  v1::GetRequest request;
};

struct ListCommand {
  v1::ListRequest request;
  bool all = false;  // Every page, instead of one.
};

struct WaitCommand {
  v1::WaitRequest request;
};

struct CancelCommand {
  v1::CancelRequest request;
};

struct CreateCommand {
  // Without the webhook's secret.
  v1::CreateRequest request;
  std::optional<Secret> webhook_secret;
  bool wait = false;
  v1::WaitOptions wait_options;
};

struct HealthCommand {
  grpc::health::v1::HealthCheckRequest request;
};

struct HelpCommand {
  std::string text;
};

struct VersionCommand {};

using Command =
    std::variant<HelpCommand, VersionCommand, GetCommand, ListCommand,
                 WaitCommand, CancelCommand, CreateCommand, HealthCommand>;

struct Invocation {
  ConnectionOptions connection;

  // For the whole command; none means that the command's default holds.
  std::optional<absl::Duration> timeout;

  bool json = false;
  Command command;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_COMMAND_H_
