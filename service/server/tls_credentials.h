#ifndef WRIFTAI_SERVICE_SERVER_TLS_CREDENTIALS_H_
#define WRIFTAI_SERVICE_SERVER_TLS_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/watched_file.h"
#include "grpcpp/security/server_credentials.h"
#include "service/server/client_certificate_policy.h"
#include "service/server/server_certificate.h"
#include "service/server/server_config.h"
#include "service/server/tls_refusal.h"

namespace wriftai {

// TLS on the gRPC port, with files that are read again once a second: what has
// changed holds for new connections, those that are open stay. A file that is
// not good leaves the last good one in use, and is reported in the log once.
//
// Threads: Open() and ForServer() any; Watch() and the destructor on the loop.
// Owns: what was read. Must outlive the server that it is given to; the
// event_loop must outlive it. Fails: Open() alone.
class TlsCredentials {
 public:
  // INVALID_ARGUMENT: a file that is not good, with its flag.
  static absl::StatusOr<std::unique_ptr<TlsCredentials>> Open(
      const TlsConfig& config);

  // What gRPC is given, for one server.
  std::shared_ptr<grpc::ServerCredentials> ForServer();

  // Looks at the files from now on.
  void Watch(EventLoop& event_loop);

  // Any thread.
  const TlsRefusalCounters& refusals() const { return policy_->refusals(); }

  // When the server's certificate ends. Any thread.
  absl::Time expires_at() const { return certificate_.expires_at(); }

 private:
  explicit TlsCredentials(const TlsConfig& config);

  absl::Status LoadAuthorities();
  void Reload();

  WatchedFile client_ca_file_;  // Empty path: clients need no certificate.
  ServerCertificate certificate_;
  // Shared with gRPC, whose handshakes may outlast this.
  const std::shared_ptr<ClientCertificatePolicy> policy_;
  absl::Status authorities_status_;  // Of the file as it was read last.
  bool has_authorities_ = false;
  absl::Status reported_;  // What the log has said of the last Reload().
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_CREDENTIALS_H_
