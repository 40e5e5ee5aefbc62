#include "service/server/tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

OpensslPtr<BIO> Reader(absl::string_view text) {
  return OpensslPtr<BIO>(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Replaces OpenSSL's default callback, which prompts on the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/,
                 void* /*context*/) {
  return 0;
}

}  // namespace

OpensslPtr<STACK_OF(X509)> CertificatesFromPem(absl::string_view text) {
  OpensslPtr<STACK_OF(X509)> certificates(sk_X509_new_null());
  const OpensslPtr<BIO> reader = Reader(text);
  while (X509* const certificate =
             PEM_read_bio_X509(reader.get(), nullptr, NoPassphrase, nullptr)) {
    sk_X509_push(certificates.get(), certificate);
  }
  const bool reached_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!reached_end || sk_X509_num(certificates.get()) == 0) return nullptr;
  return certificates;
}

OpensslPtr<EVP_PKEY> KeyFromPem(absl::string_view text) {
  OpensslPtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(Reader(text).get(), nullptr,
                                                   NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

bool IsUsableIdentity(STACK_OF(X509) * certificates, EVP_PKEY* key) {
  const OpensslPtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
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

absl::Status InvalidFile(absl::string_view flag, const WatchedFile& file,
                         absl::string_view expected, const absl::Status& read) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", file.path(), ": expected ", expected,
                   read.ok() ? "" : ": ", read.message()));
}

absl::StatusOr<OpensslPtr<STACK_OF(X509)>> CheckIdentity(
    const FileText<std::string>& certificates, const FileText<Secret>& key) {
  auto chain =
      CertificatesFromPem(certificates.text.ok() ? *certificates.text : "");
  if (chain == nullptr) {
    return InvalidFile(certificates.flag, certificates.file,
                       "a readable PEM file with a certificate and its "
                       "intermediates",
                       certificates.text.status());
  }
  const auto parsed = KeyFromPem(key.text.ok() ? key.text->Reveal() : "");
  if (parsed == nullptr) {
    return InvalidFile(key.flag, key.file,
                       "a readable PEM file with a private key without a "
                       "passphrase",
                       key.text.status());
  }
  if (!IsUsableIdentity(chain.get(), parsed.get())) {
    return InvalidFile(
        key.flag, key.file,
        absl::StrCat("the key of the first certificate in ", certificates.flag,
                     ", both of at least 112 bits of security"));
  }
  return chain;
}

}  // namespace wriftai
