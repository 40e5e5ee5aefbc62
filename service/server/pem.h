#ifndef WRIFTAI_SERVICE_SERVER_PEM_H_
#define WRIFTAI_SERVICE_SERVER_PEM_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "service/server/openssl_ptr.h"

// Certificates and keys as PEM texts have them. OpenSSL's error queue, which
// gRPC's handshakes on the same thread look at, is left empty. All functions:
// any thread.

namespace wriftai {

// Larger than any list of authorities.
inline constexpr size_t kMaxPemFileBytes = size_t{1} << 20;

// All certificates in `text`, in their order; null if there is none, or one
// that is broken.
OpensslPtr<STACK_OF(X509)> CertificatesFromPem(absl::string_view text);

// The first private key; null if there is none without a passphrase.
OpensslPtr<EVP_PKEY> KeyFromPem(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_PEM_H_
