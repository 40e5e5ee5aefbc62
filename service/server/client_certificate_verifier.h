#ifndef WRIFTAI_SERVICE_SERVER_CLIENT_CERTIFICATE_VERIFIER_H_
#define WRIFTAI_SERVICE_SERVER_CLIENT_CERTIFICATE_VERIFIER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "grpcpp/security/tls_certificate_verifier.h"
#include "service/server/client_certificate_policy.h"

namespace wriftai {

// Asks a policy at the end of each handshake, before anything is read of what
// the client wants. gRPC could verify by itself, but then neither counts whom
// it has refused nor says why.
//
// Threads: gRPC's. Owns: a share of the policy. Fails: the connection is
// closed.
class ClientCertificateVerifier
    : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit ClientCertificateVerifier(
      std::shared_ptr<ClientCertificatePolicy> policy)
      : policy_(std::move(policy)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> callback,
              grpc::Status* sync_status) override;

  // Verify() is never under way when it returns.
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {
  }

 private:
  void Log(TlsRefusal refusal, absl::string_view leaf);

  const std::shared_ptr<ClientCertificatePolicy> policy_;
  std::atomic<int64_t> next_log_{0};  // Seconds since the Unix epoch.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_CLIENT_CERTIFICATE_VERIFIER_H_
