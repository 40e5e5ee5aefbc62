#ifndef WRIFTAI_SERVICE_TOKEN_SOURCE_H_
#define WRIFTAI_SERVICE_TOKEN_SOURCE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "upstream/core/credential.h"
#include "upstream/core/scheduler.h"
#include "upstream/core/secret.h"
#include "upstream/core/watched_file.h"

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
  TokenSource() = default;

  absl::Status Take(std::optional<std::string> text);

  std::optional<WatchedFile> file_;
  std::shared_ptr<const Credential> credential_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TOKEN_SOURCE_H_
