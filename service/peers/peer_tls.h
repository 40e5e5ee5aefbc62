#ifndef WRIFTAI_SERVICE_PEERS_PEER_TLS_H_
#define WRIFTAI_SERVICE_PEERS_PEER_TLS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/server/tls/name_pattern.h"
#include "service/server/tls/tls_credentials.h"

namespace wriftai {

// TLS between replicas, in both directions: PEM files, reloaded when they
// change.
struct PeerTlsConfig {
  std::string ca_file;    // The CAs of the replicas.
  std::string cert_file;  // Of this replica, as a server and as a client.
  std::string key_file;
  // Of the replicas. Their names receive callers' tokens, so they are required.
  std::vector<NamePattern> allowed_names;
};

// Whether the settings are complete. INVALID_ARGUMENT: one is missing; names
// its flag. Reads no file. Any thread.
absl::Status CheckPeerTls(const PeerTlsConfig& config);

// The credentials for PeerServer and PeerChannels; null without any setting.
// INVALID_ARGUMENT: a setting is missing or a file invalid; names its flag. Any
// thread.
absl::StatusOr<std::unique_ptr<TlsCredentials>> OpenPeerTls(
    const PeerTlsConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_TLS_H_
