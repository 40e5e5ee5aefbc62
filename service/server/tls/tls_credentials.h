#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_CREDENTIALS_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/watched_file.h"
#include "grpcpp/security/server_credentials.h"
#include "service/server/tls/client_certificate_policy.h"
#include "service/server/tls/server_certificate.h"
#include "service/server/tls/tls_config.h"
#include "service/server/tls/tls_refusal.h"

namespace wriftai {

// TLS credentials of the gRPC port. The files are checked once per second;
// changes apply to new connections, open ones stay. If a file is invalid, the
// last valid one stays in use, and the log reports it once.
//
// Threads: any for Open() and ForServer(); the loop for Watch() and the
// destructor. Owns: the certificates and keys. Must outlive the server that
// uses it; the event loop must outlive it. Fails: only Open().
class TlsCredentials {
 public:
  // INVALID_ARGUMENT: a file is invalid; names its flag.
  static absl::StatusOr<std::unique_ptr<TlsCredentials>> Open(
      const TlsConfig& config);

  // Returns credentials for one server.
  std::shared_ptr<grpc::ServerCredentials> ForServer();

  // Starts checking the files for changes.
  void Watch(EventLoop& event_loop);

  // Any thread.
  const TlsRefusalCounters& refusals() const { return policy_->refusals(); }

  // When the server's certificate expires. Any thread.
  absl::Time expires_at() const { return certificate_.expires_at(); }

 private:
  explicit TlsCredentials(const TlsConfig& config);

  absl::Status LoadAuthorities();
  void Reload();

  WatchedFile client_ca_file_;  // Empty path: clients need no certificate.
  ServerCertificate certificate_;
  // Shared with gRPC, whose handshakes may outlive this object.
  const std::shared_ptr<ClientCertificatePolicy> policy_;
  absl::Status authorities_status_;  // Of the last read of client_ca_file_.
  bool has_authorities_ = false;
  absl::Status reported_;  // The last status in the log.
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_CREDENTIALS_H_
