#ifndef WRIFTAI_TESTS_SUPPORT_TLS_IDENTITY_H_
#define WRIFTAI_TESTS_SUPPORT_TLS_IDENTITY_H_

#include <string>

namespace wriftai {

// A key and a certificate that signs itself, both PEM, so that a client that
// is given the certificate as its authority trusts the server. Made anew for
// each test: nothing secret lies in the repository, and nothing runs out.
struct TlsIdentity {
  std::string certificate;
  std::string key;
};

// For one host name, such as "localhost", valid for an hour.
TlsIdentity MakeTlsIdentity(const std::string& host);

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_TLS_IDENTITY_H_
