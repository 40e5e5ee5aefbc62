#ifndef WRIFTAI_TESTS_SUPPORT_TEST_AUTHORITY_H_
#define WRIFTAI_TESTS_SUPPORT_TEST_AUTHORITY_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "tests/support/tls_identity.h"

namespace wriftai {

// What a certificate says.
struct CertificateSpec {
  // As OpenSSL writes them, such as "URI:spiffe://a/b,DNS:c"; empty: none.
  std::string names = "";
  std::string usage = "";        // extendedKeyUsage, "serverAuth"; or none.
  int valid_from_seconds = -60;  // From now.
  int valid_until_seconds = 3600;
  int rsa_bits = 0;  // 0: a key on P-256.
};

// Signs certificates. Made anew for each test.
class TestAuthority {
 public:
  // One that vouches for itself.
  TestAuthority();

  // PEM.
  std::string certificate() const;

  // A certificate of this authority and its key.
  TlsIdentity Issue(const CertificateSpec& spec) const;

  // An authority that this one vouches for.
  TestAuthority IssueIntermediate(int valid_until_seconds = 3600) const;

 private:
  using Key = std::shared_ptr<EVP_PKEY>;
  using Certificate = std::shared_ptr<X509>;

  TestAuthority(Key key, Certificate certificate)
      : key_(std::move(key)), certificate_(std::move(certificate)) {}

  Certificate Sign(EVP_PKEY* key, const CertificateSpec& spec,
                   bool is_authority) const;

  Key key_;
  Certificate certificate_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_TEST_AUTHORITY_H_
