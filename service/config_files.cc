#include "service/config_files.h"

#include <netdb.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/host_port.h"
#include "base/small_file.h"
#include "service/engine/gateway_credential.h"
#include "service/replica/replica_flags.h"
#include "service/server/tls/pem.h"
#include "service/server/tls/tls_credentials.h"
#include "service/tracing/otlp_sender.h"
#include "service/webhook/webhook_secrets.h"

namespace wriftai {
namespace {

absl::Status CheckCaFile(const std::string& file) {
  if (file.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> text =
      ReadSmallFile(file, kMaxPemFileBytes);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--api_ca_file: cannot read ", file, ": ", text.status().message()));
  }
  if (CertificatesFromPem(*text) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--api_ca_file ", file, ": expected a PEM file with certificates"));
  }
  return absl::OkStatus();
}

absl::Status CheckHost(absl::string_view flag, const std::string& address) {
  if (address.empty()) return absl::OkStatus();
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string host = HostOf(address);
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failure != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        flag, ": cannot listen on ", address, ": ", gai_strerror(failure)));
  }
  freeaddrinfo(found);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFilesAndHosts(const Config& config) {
  absl::Status status = CheckCaFile(config.api_ca_file);
  if (!config.access_token_file.empty()) {
    status.Update(GatewayCredential::CheckFile(config.access_token_file));
  }
  if (!config.webhooks.secret_file.empty()) {
    status.Update(WebhookSecrets::CheckFile(config.webhooks.secret_file));
  }
  if (!config.server.tls.cert_file.empty()) {
    status.Update(TlsCredentials::Open(config.server.tls).status());
  }
  status.Update(CheckReplicaFiles(config.replica));
  if (config.tracing.enabled && config.tracing.collector.tls) {
    const auto collector = CredentialsFor(config.tracing.collector);
    status.Update(collector->Reload(absl::Now()).status());
  }
  status.Update(CheckHost("--listen_address", config.server.listen_address));
  status.Update(CheckHost("--health_address", config.server.health_address));
  status.Update(CheckHost("--http_address", config.http_address));
  status.Update(CheckHost("--webhook_address", config.webhooks.address));
  status.Update(CheckHost("--peer_address", config.replica.peer_address));
  return status;
}

}  // namespace wriftai
