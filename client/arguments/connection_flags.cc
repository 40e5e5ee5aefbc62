#include "client/arguments/connection_flags.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/arguments/files.h"
#include "client/arguments/usage_error.h"

namespace wriftai::client {
namespace {

constexpr char kCertificate[] = "CERTIFICATE";
constexpr char kTokenVariable[] = "WRIFTCTL_TOKEN";

// `label`: of the PEM blocks to expect. gRPC has no error for their absence.
absl::StatusOr<std::string> ReadPem(absl::string_view flag,
                                    const std::string& path,
                                    absl::string_view label) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return UsageError(flag, text.status().message());
  if (!absl::StrContains(*text, "-----BEGIN ") ||
      !absl::StrContains(*text, absl::StrCat(label, "-----"))) {
    return UsageError(flag, absl::StrCat(path, ": expected PEM with a ",
                                         absl::AsciiStrToLower(label)));
  }
  return text;
}

absl::Status SetToken(const Flags& flags,
                      const FlagSet::Environment& environment,
                      ConnectionOptions& options) {
  absl::string_view source = kTokenVariable;
  if (!flags.token_file.empty()) {
    source = "--token_file";
    absl::StatusOr<Secret> token = ReadSecretFile(flags.token_file);
    if (!token.ok()) return UsageError(source, token.status().message());
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

}  // namespace

absl::StatusOr<ConnectionOptions> ConnectionFromFlags(
    const Flags& flags, const FlagSet::Environment& environment) {
  ConnectionOptions options;
  if (flags.address.empty()) {
    return UsageError("--address", "expected host:port");
  }
  for (const absl::string_view scheme : {"http://", "https://", "grpc://"}) {
    if (absl::StartsWith(flags.address, scheme)) {
      return UsageError(
          "--address",
          absl::StrCat("expected host:port without ", scheme,
                       scheme == "https://" ? "; use --tls for TLS" : ""));
    }
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
  absl::StatusOr<std::string> ca =
      ReadPem("--ca_file", flags.ca_file, kCertificate);
  if (!ca.ok()) return ca.status();
  options.ca = *std::move(ca);
  absl::StatusOr<std::string> certificate =
      ReadPem("--cert_file", flags.cert_file, kCertificate);
  if (!certificate.ok()) return certificate.status();
  options.certificate = *std::move(certificate);
  absl::StatusOr<std::string> key =
      ReadPem("--key_file", flags.key_file, "PRIVATE KEY");
  if (!key.ok()) return key.status();
  options.key = Secret(*std::move(key));
  if (absl::Status status = SetToken(flags, environment, options);
      !status.ok()) {
    return status;
  }
  return options;
}

}  // namespace wriftai::client
