#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_CONFIG_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_CONFIG_H_

#include <string>
#include <vector>

#include "service/server/tls/name_pattern.h"

namespace wriftai {

// The flags of a port's files, for errors.
struct TlsFlagNames {
  const char* cert_file = "--tls_cert_file";
  const char* key_file = "--tls_key_file";
  const char* client_ca_file = "--tls_client_ca_file";
};

// TLS on a gRPC port: PEM files, reloaded when they change.
struct TlsConfig {
  std::string cert_file;  // Empty: plaintext.
  std::string key_file;

  // The CAs of client certificates; empty: clients need no certificate.
  std::string client_ca_file;

  // The allowed names of client certificates; empty: all.
  std::vector<NamePattern> allowed_names;

  // Only replicas connect to the port, and it to theirs. All certificates that
  // are rejected are logged; of callers, only those of trusted CAs.
  bool for_replicas = false;

  TlsFlagNames flags;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_CONFIG_H_
