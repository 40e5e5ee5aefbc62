#ifndef WRIFTAI_SERVICE_SERVER_SERVER_CERTIFICATE_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_CERTIFICATE_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/secret.h"
#include "base/watched_file.h"
#include "service/server/memory_file.h"
#include "service/server/pem.h"

namespace wriftai {

// The server's certificate, those that vouch for it, and its key, in two files
// that change together. gRPC would take them from their files by itself, and
// would have none while the two do not belong together, in the middle of a
// rotation. So they are read and compared here, and gRPC is shown good pairs
// alone, in one file of its own.
//
// Threads: Load() one at a time, expires_at() any. Fails: Load(), and then
// leaves the last good pair in use.
class ServerCertificate {
 public:
  ServerCertificate(std::string certificate_file, std::string key_file)
      : certificate_file_(std::move(certificate_file), kMaxPemFileBytes),
        key_file_(std::move(key_file), kMaxPemFileBytes) {}

  // Reads both again, and does nothing more when they are as the last time.
  // INVALID_ARGUMENT: names the flag and what was wanted.
  absl::Status Load();

  // PEM, key and certificates. Valid after the first Load() that was OK.
  std::string bundle_path() const { return bundle_.path(); }

  // The end of the pair in use.
  absl::Time expires_at() const {
    return absl::FromUnixSeconds(expires_at_.load());
  }

 private:
  static constexpr int64_t kNone = 0;

  absl::Status Take(const absl::StatusOr<std::string>& certificate_text,
                    const absl::StatusOr<Secret>& key_text);

  WatchedFile certificate_file_;
  WatchedFile key_file_;
  MemoryFile bundle_;
  absl::Status status_;  // What became of both, as they were read last.
  std::atomic<int64_t> expires_at_{kNone};  // Seconds since the Unix epoch.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_CERTIFICATE_H_
