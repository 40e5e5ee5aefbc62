#include "service/server/tls/tls_credentials.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "service/server/tls/certificate_verifier.h"
#include "service/server/tls/pem.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// How often the files are checked, and how often gRPC checks the bundle: a
// rotation takes effect within two seconds.
constexpr int kCheckSeconds = 1;

}  // namespace

TlsCredentials::TlsCredentials(const TlsConfig& config)
    : flags_(config.flags),
      for_replicas_(config.for_replicas),
      client_ca_file_(config.client_ca_file, kMaxPemFileBytes),
      certificate_(config.cert_file, config.key_file, config.flags),
      clients_(std::make_shared<CertificatePolicy>(config.allowed_names)),
      servers_(std::make_shared<CertificatePolicy>(config.allowed_names,
                                                   CertificateRole::kServer)) {}

absl::StatusOr<std::unique_ptr<TlsCredentials>> TlsCredentials::Open(
    const TlsConfig& config) {
  std::unique_ptr<TlsCredentials> credentials(new TlsCredentials(config));
  absl::Status status = credentials->certificate_.Load();
  status.Update(credentials->LoadAuthorities());
  if (!status.ok()) return status;
  return credentials;
}

std::shared_ptr<grpc::ServerCredentials> TlsCredentials::ForServer() {
  grpc::experimental::TlsServerCredentialsOptions options(Provider());
  options.watch_identity_key_cert_pairs();
  if (!client_ca_file_.path().empty()) {
    // Requested but not required, so that missing ones are counted, too.
    options.set_cert_request_type(
        GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
    options.set_certificate_verifier(
        grpc::experimental::ExternalCertificateVerifier::Create<
            CertificateVerifier>(clients_, for_replicas_));
  }
  return grpc::experimental::TlsServerCredentials(options);
}

grpc::experimental::TlsChannelCredentialsOptions TlsCredentials::ForClient() {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Provider());
  options.watch_identity_key_cert_pairs();
  // Otherwise gRPC reads the system's, which a machine may lack. They decide
  // nothing: see below. Under a name of their own: gRPC 1.51 would end the
  // server's watch of the certificate with a watch of both under one name.
  options.watch_root_certs();
  options.set_root_cert_name("roots");
  // By the policy alone: gRPC would compare the names with the host, too.
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<
          CertificateVerifier>(servers_, for_replicas_));
  return options;
}

std::shared_ptr<TlsCredentials::CertificateProvider>
TlsCredentials::Provider() {
  if (provider_ == nullptr) {
    const std::string bundle = certificate_.bundle_path();
    provider_ = std::make_shared<CertificateProvider>(bundle, bundle, bundle,
                                                      kCheckSeconds);
  }
  return provider_;
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
  if (!text.ok() || !clients_->SetAuthorities(*text) ||
      !servers_->SetAuthorities(*text)) {
    authorities_status_ = absl::InvalidArgumentError(
        absl::StrCat(flags_.client_ca_file, " ", client_ca_file_.path(),
                     ": expected a readable PEM file with certificates",
                     text.ok() ? "" : ": ", text.status().message()));
    return authorities_status_;
  }
  if (std::exchange(has_authorities_, true)) {
    spdlog::info("reloaded {}", flags_.client_ca_file);
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
