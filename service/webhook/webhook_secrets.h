#ifndef WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SECRETS_H_
#define WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SECRETS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/event_loop.h"
#include "base/mutex.h"
#include "base/secret.h"
#include "base/watched_file.h"

namespace wriftai {

// The keys of webhooks, one a line: the first is registered with new
// predictions, all of them verify what comes in, so that predictions that were
// created before a rotation are still heard of. The file is read again when it
// changes; one that cannot be read, or is not of that form, leaves the last
// good keys in use.
//
// Threads: any. `event_loop` must outlive it. Fails: Open() alone; later faults
// are logged, without any key.
class WebhookSecrets {
 public:
  using List = std::vector<Secret>;  // Never empty.

  // INVALID_ARGUMENT when it is not a regular file that can be read now, of at
  // most 16 KiB, or does not hold 1 to 8 lines of printable ASCII without
  // spaces.
  static absl::StatusOr<std::unique_ptr<WebhookSecrets>> Open(
      std::string file, const EventLoop& event_loop);

  // Whether Open() would take the file now. Any thread.
  static absl::Status CheckFile(const std::string& path);

  // Looks at the file at most once a second.
  std::shared_ptr<const List> Current();

 private:
  WebhookSecrets(std::string file, const EventLoop& event_loop)
      : event_loop_(event_loop), file_(std::move(file), kMaxFileBytes) {}

  // Far above a few keys.
  static constexpr size_t kMaxFileBytes = size_t{16} << 10;

  absl::Status Take(const absl::StatusOr<std::string>& text)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const EventLoop& event_loop_;
  Mutex mutex_;
  WatchedFile file_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const List> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SECRETS_H_
