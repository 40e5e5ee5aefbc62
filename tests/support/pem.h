#ifndef WRIFTAI_TESTS_SUPPORT_PEM_H_
#define WRIFTAI_TESTS_SUPPORT_PEM_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>

namespace wriftai {

// Encodes as PEM. Any thread.
std::string ToPem(X509* certificate);
std::string ToPem(EVP_PKEY* key);

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_PEM_H_
