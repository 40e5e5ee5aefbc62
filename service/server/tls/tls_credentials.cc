#include "service/server/tls/tls_credentials.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "service/server/tls/client_certificate_verifier.h"
#include "service/server/tls/pem.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// How often the files are checked, and how often gRPC checks the bundle: a
// rotation takes effect within two seconds.
constexpr int kCheckSeconds = 1;

}  // namespace

TlsCredentials::TlsCredentials(const TlsConfig& config)
    : client_ca_file_(config.client_ca_file, kMaxPemFileBytes),
      certificate_(config.cert_file, config.key_file),
      policy_(std::make_shared<ClientCertificatePolicy>(config.allowed_names)) {
}

absl::StatusOr<std::unique_ptr<TlsCredentials>> TlsCredentials::Open(
    const TlsConfig& config) {
  std::unique_ptr<TlsCredentials> credentials(new TlsCredentials(config));
  absl::Status status = credentials->certificate_.Load();
  status.Update(credentials->LoadAuthorities());
  if (!status.ok()) return status;
  return credentials;
}

std::shared_ptr<grpc::ServerCredentials> TlsCredentials::ForServer() {
  const std::string bundle = certificate_.bundle_path();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          bundle, bundle, kCheckSeconds));
  options.watch_identity_key_cert_pairs();
  if (!client_ca_file_.path().empty()) {
    // Requested but not required, so that missing ones are counted, too.
    options.set_cert_request_type(
        GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
    options.set_certificate_verifier(
        grpc::experimental::ExternalCertificateVerifier::Create<
            ClientCertificateVerifier>(policy_));
  }
  return grpc::experimental::TlsServerCredentials(options);
}

void TlsCredentials::Watch(EventLoop& event_loop) {
  timer_ = event_loop.RunAt(event_loop.Now() + absl::Seconds(kCheckSeconds),
                            [this, &event_loop] {
                              Reload();
                              Watch(event_loop);
                            });
}

absl::Status TlsCredentials::LoadAuthorities() {
  if (client_ca_file_.path().empty()) return absl::OkStatus();
  const auto text = client_ca_file_.Read();
  if (!client_ca_file_.changed()) return authorities_status_;
  if (!text.ok() || !policy_->SetAuthorities(*text)) {
    authorities_status_ = absl::InvalidArgumentError(
        absl::StrCat("--tls_client_ca_file ", client_ca_file_.path(),
                     ": expected a readable PEM file with certificates",
                     text.ok() ? "" : ": ", text.status().message()));
    return authorities_status_;
  }
  if (std::exchange(has_authorities_, true)) {
    spdlog::info("reloaded the CA certificates for clients");
  }
  authorities_status_ = absl::OkStatus();
  return absl::OkStatus();
}

void TlsCredentials::Reload() {
  absl::Status status = certificate_.Load();
  status.Update(LoadAuthorities());
  if (status == reported_) return;
  reported_ = status;
  if (!status.ok()) {
    spdlog::error("{}; the last valid one stays in use",
                  std::string(status.message()));
  }
}

}  // namespace wriftai
