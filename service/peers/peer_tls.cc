#include "service/peers/peer_tls.h"

#include "absl/strings/str_cat.h"
#include "service/server/tls/tls_config.h"

namespace wriftai {
namespace {

constexpr TlsFlagNames kFlags = {"--peer_cert_file", "--peer_key_file",
                                 "--peer_ca_file"};

}  // namespace

absl::Status CheckPeerTls(const PeerTlsConfig& config) {
  struct Setting {
    const char* flag;
    bool is_set;
  };
  const Setting settings[] = {
      {kFlags.cert_file, !config.cert_file.empty()},
      {kFlags.key_file, !config.key_file.empty()},
      {kFlags.client_ca_file, !config.ca_file.empty()},
      {"--peer_allowed_names", !config.allowed_names.empty()},
  };
  const char* given = nullptr;
  const char* missing = nullptr;
  for (const Setting& setting : settings) {
    (setting.is_set ? given : missing) = setting.flag;
  }
  if (given == nullptr || missing == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(given, " requires ", missing));
}

absl::StatusOr<std::unique_ptr<TlsCredentials>> OpenPeerTls(
    const PeerTlsConfig& config) {
  if (absl::Status status = CheckPeerTls(config); !status.ok()) return status;
  if (config.cert_file.empty()) return nullptr;
  TlsConfig tls;
  tls.cert_file = config.cert_file;
  tls.key_file = config.key_file;
  tls.client_ca_file = config.ca_file;
  tls.allowed_names = config.allowed_names;
  tls.for_replicas = true;
  tls.flags = kFlags;
  return TlsCredentials::Open(tls);
}

}  // namespace wriftai
