#include "tests/support/test_authority.h"

#include <openssl/asn1.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <utility>

#include "tests/support/pem.h"

namespace wriftai {
namespace {

std::shared_ptr<EVP_PKEY> NewKey(int rsa_bits) {
  return {rsa_bits == 0 ? EVP_EC_gen("P-256")
                        : EVP_RSA_gen(static_cast<unsigned>(rsa_bits)),
          EVP_PKEY_free};
}

void AddExtension(X509* certificate, int id, const std::string& value) {
  if (value.empty()) return;
  const std::shared_ptr<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str()),
      X509_EXTENSION_free);
  X509_add_ext(certificate, extension.get(), -1);
}

// Builds the extension by hand, because names with NUL bytes have no text form.
void AddNames(X509* certificate, std::string names) {
  const std::shared_ptr<GENERAL_NAMES> list(GENERAL_NAMES_new(),
                                            GENERAL_NAMES_free);
  while (!names.empty()) {
    const size_t end = std::min(names.find(','), names.size());
    const std::string name = names.substr(0, end);
    names.erase(0, end + 1);
    const size_t colon = name.find(':');
    const std::string kind = name.substr(0, colon);
    const std::string value = name.substr(colon + 1);
    GENERAL_NAME* const added = GENERAL_NAME_new();
    if (kind == "IP") {
      GENERAL_NAME_set0_value(added, GEN_IPADD, a2i_IPADDRESS(value.c_str()));
    } else {
      ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
      ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
      GENERAL_NAME_set0_value(added,
                              kind == "URI"   ? GEN_URI
                              : kind == "DNS" ? GEN_DNS
                                              : GEN_EMAIL,
                              text);
    }
    sk_GENERAL_NAME_push(list.get(), added);
  }
  if (sk_GENERAL_NAME_num(list.get()) > 0) {
    X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0,
                      X509V3_ADD_DEFAULT);
  }
}

}  // namespace

TestAuthority::TestAuthority() : key_(NewKey(0)) {
  certificate_ = Sign(key_.get(), {}, true);
}

std::string TestAuthority::certificate() const {
  return ToPem(certificate_.get());
}

TlsIdentity TestAuthority::Issue(const CertificateSpec& spec) const {
  const Key key = NewKey(spec.rsa_bits);
  const Certificate certificate = Sign(key.get(), spec, false);
  return {ToPem(certificate.get()), ToPem(key.get())};
}

TestAuthority TestAuthority::IssueIntermediate(int valid_until_seconds) const {
  Key key = NewKey(0);
  CertificateSpec spec;
  spec.valid_until_seconds = valid_until_seconds;
  Certificate certificate = Sign(key.get(), spec, true);
  return {std::move(key), std::move(certificate)};
}

TestAuthority::Certificate TestAuthority::Sign(EVP_PKEY* key,
                                               const CertificateSpec& spec,
                                               bool is_authority) const {
  // Each authority has a unique name, because chains are built by name.
  static int last_serial = 0;
  const int serial = ++last_serial;
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()),
                  spec.valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()),
                  spec.valid_until_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const std::string text = "test " + std::to_string(serial);
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(),
                       certificate_ == nullptr
                           ? name
                           : X509_get_subject_name(certificate_.get()));
  AddExtension(certificate.get(), NID_basic_constraints,
               is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  AddExtension(certificate.get(), NID_ext_key_usage, spec.usage);
  AddNames(certificate.get(), spec.names);
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  return certificate;
}

}  // namespace wriftai
