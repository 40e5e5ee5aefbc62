#ifndef WRIFTAI_SERVICE_TOKEN_SOURCE_H_
#define WRIFTAI_SERVICE_TOKEN_SOURCE_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "upstream/core/credential.h"
#include "upstream/core/scheduler.h"
#include "upstream/core/secret.h"

namespace wriftai {

// The gateway's own credential: a fixed token, or the one in a file, which is
// read again when the file changes (a rotated Kubernetes secret). A file that
// cannot be read, or holds no token, leaves the last good one in use.
//
// Threads: Open() any; Current() on the loop. `scheduler` must outlive it.
class TokenSource {
 public:
  // Either may be empty; both: there is no gateway token. The file wins.
  // INVALID_ARGUMENT when the file cannot be read now, or holds no token of
  // printable ASCII.
  static absl::StatusOr<std::unique_ptr<TokenSource>> Open(
      Secret token, std::string file, const Scheduler& scheduler);

  // Null when there is none. Looks at the file at most once a second.
  std::shared_ptr<const Credential> Current();

 private:
  TokenSource(std::string file, const Scheduler& scheduler)
      : file_(std::move(file)), scheduler_(scheduler) {}

  absl::Status Read();

  const std::string file_;
  const Scheduler& scheduler_;
  std::shared_ptr<const Credential> credential_;
  std::filesystem::file_time_type written_at_;
  absl::Time looked_at_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TOKEN_SOURCE_H_
