#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_CREDENTIALS_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/watched_file.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "service/server/tls/certificate_policy.h"
#include "service/server/tls/server_certificate.h"
#include "service/server/tls/tls_config.h"
#include "service/server/tls/tls_refusal.h"

namespace wriftai {

// TLS credentials of a gRPC port, and of clients that use the same files. The
// files are checked once per second; changes apply to new connections, open
// ones stay. If a file is invalid, the last valid one stays in use, and the log
// reports it once.
//
// Threads: any for Open(), and then one at a time for ForServer() and
// ForClient(); the loop for Watch() and the destructor. Owns: the certificates
// and keys. Must outlive the servers and channels that use it; the event loop
// must outlive it. Fails: only Open().
class TlsCredentials {
 public:
  // INVALID_ARGUMENT: a file is invalid; names its flag.
  static absl::StatusOr<std::unique_ptr<TlsCredentials>> Open(
      const TlsConfig& config);

  // Returns credentials for one server.
  std::shared_ptr<grpc::ServerCredentials> ForServer();

  // Returns credentials for channels to servers with certificates of the same
  // CAs and allowed names. The caller's certificate is the port's.
  grpc::experimental::TlsChannelCredentialsOptions ForClient();

  // Starts checking the files for changes.
  void Watch(EventLoop& event_loop);

  // Of clients, and of servers. Any thread.
  const TlsRefusalCounters& refusals() const { return clients_->refusals(); }
  const TlsRefusalCounters& server_refusals() const {
    return servers_->refusals();
  }

  // When the server's certificate expires. Any thread.
  absl::Time expires_at() const { return certificate_.expires_at(); }

 private:
  using CertificateProvider =
      grpc::experimental::FileWatcherCertificateProvider;

  explicit TlsCredentials(const TlsConfig& config);

  std::shared_ptr<CertificateProvider> Provider();
  absl::Status LoadAuthorities();
  void Reload();

  const TlsFlagNames flags_;
  const bool for_replicas_;
  WatchedFile client_ca_file_;  // Empty path: clients need no certificate.
  ServerCertificate certificate_;
  // Shared with gRPC, whose handshakes may outlive this object.
  const std::shared_ptr<CertificatePolicy> clients_;
  const std::shared_ptr<CertificatePolicy> servers_;
  // One for all users, since each has a thread.
  std::shared_ptr<CertificateProvider> provider_;
  absl::Status authorities_status_;  // Of the last read of client_ca_file_.
  bool has_authorities_ = false;
  absl::Status reported_;  // The last status in the log.
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_CREDENTIALS_H_
