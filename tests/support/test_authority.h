#ifndef WRIFTAI_TESTS_SUPPORT_TEST_AUTHORITY_H_
#define WRIFTAI_TESTS_SUPPORT_TEST_AUTHORITY_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "tests/support/tls_identity.h"

namespace wriftai {

// The contents of a certificate.
struct CertificateSpec {
  // In OpenSSL's format, such as "URI:spiffe://a/b,DNS:c"; may be empty.
  std::string names = "";
  std::string usage = "";        // extendedKeyUsage, such as "serverAuth".
  int valid_from_seconds = -60;  // From now.
  int valid_until_seconds = 3600;
  int rsa_bits = 0;  // 0: a P-256 key.
};

// A certificate authority. Each test creates its own.
class TestAuthority {
 public:
  // Creates a self-signed authority.
  TestAuthority();

  // PEM.
  std::string certificate() const;

  // Issues a certificate with a new key.
  TlsIdentity Issue(const CertificateSpec& spec) const;

  // Issues an intermediate authority.
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
