#ifndef WRIFTAI_SERVICE_SERVER_TLS_SERVER_CERTIFICATE_H_
#define WRIFTAI_SERVICE_SERVER_TLS_SERVER_CERTIFICATE_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/secret.h"
#include "base/watched_file.h"
#include "service/server/tls/memory_file.h"
#include "service/server/tls/pem.h"
#include "service/server/tls/tls_config.h"

namespace wriftai {

// The server's certificate chain and key, in two files that change together.
// gRPC could watch these files itself, but would have no certificate while they
// do not match in the middle of a rotation. So they are read and compared here,
// and gRPC sees only valid pairs, in a single file.
//
// Threads: one caller of Load() at a time; any for expires_at(). Fails: Load(),
// and then the last valid pair stays in use.
class ServerCertificate {
 public:
  ServerCertificate(std::string certificate_file, std::string key_file,
                    const TlsFlagNames& flags = TlsFlagNames())
      : flags_(flags),
        certificate_file_(std::move(certificate_file), kMaxPemFileBytes),
        key_file_(std::move(key_file), kMaxPemFileBytes) {}

  // Reads both files and applies any change. INVALID_ARGUMENT: names the flag
  // and what was expected.
  absl::Status Load();

  // Key and certificates as PEM. Valid after the first successful Load().
  std::string bundle_path() const { return bundle_.path(); }

  // The expiry of the certificate in use.
  absl::Time expires_at() const {
    return absl::FromUnixSeconds(expires_at_.load());
  }

 private:
  static constexpr int64_t kNone = 0;

  absl::Status Apply(const absl::StatusOr<std::string>& certificate_text,
                     const absl::StatusOr<Secret>& key_text);

  const TlsFlagNames flags_;
  WatchedFile certificate_file_;
  WatchedFile key_file_;
  MemoryFile bundle_;
  absl::Status status_;                     // Of the last change.
  std::atomic<int64_t> expires_at_{kNone};  // Seconds since the Unix epoch.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_SERVER_CERTIFICATE_H_
