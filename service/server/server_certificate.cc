#include "service/server/server_certificate.h"

#include <openssl/err.h>

#include <ctime>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "service/server/pem.h"
#include "spdlog/spdlog.h"
#include "upstream/core/digest.h"
#include "upstream/core/secret.h"

namespace wriftai {
namespace {

absl::Status WrongFile(absl::string_view flag, absl::string_view file,
                       absl::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", file, ": wanted ", wanted));
}

// Whether OpenSSL takes them for a server, as gRPC will ask it to.
bool IsUsable(STACK_OF(X509) * certificates, EVP_PKEY* key) {
  const OpensslPtr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  bool usable = SSL_CTX_use_certificate(context.get(),
                                        sk_X509_value(certificates, 0)) == 1;
  for (int i = 1; i < sk_X509_num(certificates); ++i) {
    usable = usable && SSL_CTX_add1_chain_cert(
                           context.get(), sk_X509_value(certificates, i)) == 1;
  }
  usable = usable && SSL_CTX_use_PrivateKey(context.get(), key) == 1 &&
           SSL_CTX_check_private_key(context.get()) == 1;
  ERR_clear_error();
  return usable;
}

absl::Time EndOf(X509* certificate) {
  std::tm end = {};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return absl::InfinitePast();
  }
  return absl::FromTM(end, absl::UTCTimeZone());
}

}  // namespace

absl::Status ServerCertificate::Load() {
  const auto certificate_text = ReadPemFile(certificate_file_);
  std::optional<std::string> key_text = ReadPemFile(key_file_);
  const Secret key_pem(std::move(key_text).value_or(""));
  std::string digest = absl::StrCat(Sha256(certificate_text.value_or("")),
                                    Sha256(key_pem.Reveal()));
  if (digest == digest_) return status_;
  digest_ = std::move(digest);
  status_ = Take(certificate_text.value_or(""), key_pem);
  return status_;
}

absl::Status ServerCertificate::Take(absl::string_view certificate_pem,
                                     const Secret& key_pem) {
  const auto certificates = CertificatesFromPem(certificate_pem);
  if (certificates == nullptr) {
    return WrongFile("--tls_cert_file", certificate_file_,
                     "a readable PEM file with a certificate, and with those "
                     "between it and its authority");
  }
  const auto key = KeyFromPem(key_pem.Reveal());
  if (key == nullptr) {
    return WrongFile("--tls_key_file", key_file_,
                     "a readable PEM file with a private key that has no "
                     "passphrase");
  }
  if (!IsUsable(certificates.get(), key.get())) {
    return WrongFile("--tls_key_file", key_file_,
                     "the key of the first certificate in --tls_cert_file, "
                     "both of at least 112 bits of security");
  }
  absl::Status status =
      bundle_.Replace(absl::StrCat(key_pem.Reveal(), "\n", certificate_pem));
  if (!status.ok()) return status;
  const absl::Time end = EndOf(sk_X509_value(certificates.get(), 0));
  if (expires_at_.exchange(absl::ToUnixSeconds(end)) != kNone) {
    spdlog::info(
        "the TLS certificate was read again, and is good until {}",
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", end, absl::UTCTimeZone()));
  }
  return absl::OkStatus();
}

}  // namespace wriftai
