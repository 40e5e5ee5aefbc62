#ifndef WRIFTAI_SERVICE_SERVER_TLS_PEM_H_
#define WRIFTAI_SERVICE_SERVER_TLS_PEM_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"
#include "base/watched_file.h"
#include "service/server/tls/openssl_ptr.h"

// Parses and checks certificates and keys in PEM. The functions leave OpenSSL's
// error queue empty, because gRPC's handshakes on the same thread check it. All
// functions: any thread.

namespace wriftai {

// Larger than any CA bundle.
inline constexpr size_t kMaxPemFileBytes = size_t{1} << 20;

// All certificates in `text`, in order; null if there are none or one is
// malformed.
OpensslPtr<STACK_OF(X509)> CertificatesFromPem(absl::string_view text);

// The first private key; null if none exists, or it requires a passphrase.
OpensslPtr<EVP_PKEY> KeyFromPem(absl::string_view text);

// Whether OpenSSL accepts the key and the certificates, of which the first is
// that of the key, for one end of a connection, as gRPC will configure it.
bool IsUsableIdentity(STACK_OF(X509) * certificates, EVP_PKEY* key);

// A file, and what was read from it.
template <typename Text>
struct FileText {
  absl::string_view flag;
  const WatchedFile& file;
  const absl::StatusOr<Text>& text;
};

// INVALID_ARGUMENT: "FLAG PATH: expected EXPECTED", and why it was not read.
absl::Status InvalidFile(absl::string_view flag, const WatchedFile& file,
                         absl::string_view expected,
                         const absl::Status& read = absl::OkStatus());

// The certificates, of which the first is that of `key`. InvalidFile() if one
// of the files is not usable.
absl::StatusOr<OpensslPtr<STACK_OF(X509)>> CheckIdentity(
    const FileText<std::string>& certificates, const FileText<Secret>& key);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_PEM_H_
