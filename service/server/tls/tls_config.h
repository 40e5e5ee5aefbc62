#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_CONFIG_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_CONFIG_H_

#include <string>
#include <vector>

#include "service/server/tls/name_pattern.h"

namespace wriftai {

// TLS on the gRPC port: PEM files, reloaded when they change.
struct TlsConfig {
  std::string cert_file;  // Empty: plaintext.
  std::string key_file;

  // The CAs of client certificates; empty: clients need no certificate.
  std::string client_ca_file;

  // The allowed names of client certificates; empty: all.
  std::vector<NamePattern> allowed_names;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_CONFIG_H_
