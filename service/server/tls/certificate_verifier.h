#ifndef WRIFTAI_SERVICE_SERVER_TLS_CERTIFICATE_VERIFIER_H_
#define WRIFTAI_SERVICE_SERVER_TLS_CERTIFICATE_VERIFIER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "grpcpp/security/tls_certificate_verifier.h"
#include "service/server/tls/certificate_policy.h"

namespace wriftai {

// Applies a policy at the end of each TLS handshake, before any request is
// read. gRPC's own verification neither counts refusals nor reports their
// cause.
//
// Threads: gRPC's. Shares: the policy. Fails: closes the connection.
class CertificateVerifier
    : public grpc::experimental::ExternalCertificateVerifier {
 public:
  // `of_replicas`: as TlsConfig::for_replicas.
  CertificateVerifier(std::shared_ptr<CertificatePolicy> policy,
                      bool of_replicas)
      : policy_(std::move(policy)), of_replicas_(of_replicas) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> callback,
              grpc::Status* sync_status) override;

  // No-op: Verify() is synchronous.
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {
  }

 private:
  void Log(TlsRefusal refusal, absl::string_view leaf);

  const std::shared_ptr<CertificatePolicy> policy_;
  const bool of_replicas_;
  std::atomic<int64_t> next_log_at_{0};  // Seconds since the Unix epoch.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_CERTIFICATE_VERIFIER_H_
