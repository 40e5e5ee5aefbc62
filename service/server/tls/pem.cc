#include "service/server/tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

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

}  // namespace wriftai
