#ifndef WRIFTAI_TESTS_SUPPORT_TLS_IDENTITY_H_
#define WRIFTAI_TESTS_SUPPORT_TLS_IDENTITY_H_

#include <string>

namespace wriftai {

// A key and a self-signed certificate, both PEM. A client that uses the
// certificate as its authority trusts the server. Each test creates its own, so
// the repository contains no secrets and nothing expires.
struct TlsIdentity {
  std::string certificate;
  std::string key;
};

// For one host name, such as "localhost", valid for an hour.
TlsIdentity MakeTlsIdentity(const std::string& host);

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_TLS_IDENTITY_H_
