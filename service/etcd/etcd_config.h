#ifndef WRIFTAI_SERVICE_ETCD_ETCD_CONFIG_H_
#define WRIFTAI_SERVICE_ETCD_ETCD_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wriftai {

// How to reach an etcd cluster.
struct EtcdConfig {
  // The members' client URLs. https://HOST[:PORT], or http:// if the host is
  // this machine, because a client that changes records can double creates.
  std::vector<std::string> endpoints;

  // PEM files for https, reloaded when they change. The certificate and its key
  // are for etcd's --client-cert-auth.
  std::string ca_file;    // Empty: the system's authorities.
  std::string cert_file;  // Empty: no client certificate.
  std::string key_file;
};

struct EtcdAddresses {
  bool tls = false;
  std::vector<std::string> host_ports;
};

// The addresses of the endpoints. INVALID_ARGUMENT: names the flag and what was
// expected. Any thread.
absl::StatusOr<EtcdAddresses> ParseEtcdEndpoints(const EtcdConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_ETCD_CONFIG_H_
