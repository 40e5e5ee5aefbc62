#include "client/call/connection_advice.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/call/retry_rules.h"
#include "client/output/error_details.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

constexpr char kCheckAddress[] =
    "Check --address, WRIFTCTL_ADDRESS or the profile.";

// For a connection that the other side closed during the handshake.
std::string ClosedAdvice(absl::string_view address,
                         const ConnectionOptions& options) {
  if (!options.tls) {
    return absl::StrCat(address,
                        " closed the connection. If it uses TLS, add --tls, or "
                        "--ca_file with its authority.");
  }
  return absl::StrCat(
      address, " closed the connection. If it requires a client certificate, ",
      options.certificate.empty() ? "add --cert_file and --key_file."
                                  : "check that it accepts this one.");
}

std::string UnreachableAdvice(absl::string_view error,
                              const ConnectionOptions& options) {
  const std::string address = PrintableLine(options.address);
  const auto has = [error](absl::string_view text) {
    return absl::StrContains(error, text);
  };
  if (has("wrong version number")) {
    return absl::StrCat(
        address,
        " responds without TLS. Connect without --tls, "
        "--ca_file, --cert_file, --key_file and --server_name.");
  }
  if (has("certificate verify failed")) {
    return absl::StrCat("The certificate of ", address,
                        " has expired, or its authority is not trusted. Name "
                        "the authority with --ca_file.");
  }
  if (has("is not in peer certificate")) {
    return absl::StrCat("The certificate of ", address,
                        " is for another name. If that is expected, as with "
                        "port forwarding, set --server_name.");
  }
  if (has("Failed parsing HTTP/2") || has("http1.x server")) {
    return absl::StrCat(address,
                        " is not a gRPC port. The gateway logs its own at the "
                        "start: gRPC listens on …");
  }
  if (has("Socket closed") || has("Connection reset")) {
    return ClosedAdvice(address, options);
  }
  if (has("DNS resolution failed")) {
    return absl::StrCat("Cannot resolve the host of ", address, ". ",
                        kCheckAddress);
  }
  if (has("Connection refused")) {
    return absl::StrCat("Nothing listens on ", address, ". ", kCheckAddress,
                        " To start a gateway: wriftai-gateway");
  }
  return absl::StrCat("Cannot reach ", address, ". ", kCheckAddress);
}

}  // namespace

std::string ConnectionAdvice(const grpc::Status& status,
                             const ConnectionOptions& options) {
  if (const auto info = FindDetail<google::rpc::ErrorInfo>(status)) {
    return info->reason() == "NO_TOKEN"
               ? "Set --token_file, WRIFTCTL_TOKEN, or token_file in the "
                 "profile."
               : "";
  }
  if (IsUnreachable(status)) {
    return UnreachableAdvice(status.error_message(), options);
  }
  switch (status.error_code()) {
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::StrCat("No response from ", PrintableLine(options.address),
                          " in time. ", kCheckAddress,
                          " For more time, set --timeout.");
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::StrCat(
          PrintableLine(options.address),
          " is not the gRPC port of a gateway, or the gateway is "
          "older than this wriftctl.");
    default:
      return "";
  }
}

}  // namespace wriftai::client
