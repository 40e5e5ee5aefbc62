#include "service/server/tls/tls_flags.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wriftai {
namespace {

absl::Status Requires(absl::string_view flag, absl::string_view required) {
  return absl::InvalidArgumentError(absl::StrCat(flag, " requires ", required));
}

}  // namespace

void AddNamePatterns(FlagSet& flags, std::string name,
                     std::vector<NamePattern>& patterns, std::string help,
                     std::string default_text) {
  flags.Add(
      std::move(name),
      [&patterns](absl::string_view text) {
        auto parsed = ParseNamePatterns(text);
        if (!parsed.ok()) return parsed.status();
        patterns = *std::move(parsed);
        return absl::OkStatus();
      },
      [&patterns] { return JoinNamePatterns(patterns); }, std::move(help),
      std::move(default_text));
}

void AddTlsFlags(FlagSet& flags, TlsConfig& config) {
  flags.Add("tls_cert_file", &config.cert_file,
            "PEM file with the certificate of the gRPC port and its "
            "intermediates. If unset, the port uses plaintext. All TLS files "
            "are reloaded when they change.");
  flags.Add("tls_key_file", &config.key_file,
            "PEM file with the private key of --tls_cert_file, without a "
            "passphrase.");
  flags.Add("tls_client_ca_file", &config.client_ca_file,
            "PEM file with the CA certificates for clients. If set, clients "
            "must present a certificate issued by one of them (mTLS).");
  AddNamePatterns(
      flags, "tls_allowed_names", config.allowed_names,
      "Comma-separated DNS names or URIs, one of which a client's certificate "
      "must have. `*` matches within one label or path segment, as in "
      "spiffe://cluster.local/ns/*/sa/caller.",
      "all");
}

absl::Status CheckTls(const TlsConfig& config) {
  if (!config.key_file.empty() && config.cert_file.empty()) {
    return Requires("--tls_key_file", "--tls_cert_file");
  }
  if (!config.cert_file.empty() && config.key_file.empty()) {
    return Requires("--tls_cert_file", "--tls_key_file");
  }
  if (!config.client_ca_file.empty() && config.cert_file.empty()) {
    return Requires("--tls_client_ca_file", "--tls_cert_file");
  }
  if (!config.allowed_names.empty() && config.client_ca_file.empty()) {
    return Requires("--tls_allowed_names", "--tls_client_ca_file");
  }
  return absl::OkStatus();
}

}  // namespace wriftai
