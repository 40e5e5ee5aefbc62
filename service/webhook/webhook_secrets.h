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

// The keys of webhooks, one per line. The first is registered with new
// predictions; all of them verify deliveries, so webhooks of predictions that
// were created before a rotation still work. The file is reloaded when it
// changes. If it is unreadable or invalid, the last valid keys remain in use.
//
// Threads: any. `event_loop` must outlive it. Fails: only Open(); later errors
// are logged, without any key.
class WebhookSecrets {
 public:
  using List = std::vector<Secret>;  // Never empty.

  // INVALID_ARGUMENT unless `file` is a readable regular file of at most 16 KiB
  // with 1 to 8 lines of printable ASCII without spaces.
  static absl::StatusOr<std::unique_ptr<WebhookSecrets>> Open(
      std::string file, const EventLoop& event_loop);

  // Whether Open() would accept the file now. Any thread.
  static absl::Status CheckFile(const std::string& path);

  // Checks the file at most once a second.
  std::shared_ptr<const List> Current();

 private:
  WebhookSecrets(std::string file, const EventLoop& event_loop)
      : event_loop_(event_loop), file_(std::move(file), kMaxFileBytes) {}

  // Far more than a few keys need.
  static constexpr size_t kMaxFileBytes = size_t{16} << 10;

  absl::Status Apply(const absl::StatusOr<std::string>& text)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const EventLoop& event_loop_;
  Mutex mutex_;
  WatchedFile file_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const List> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SECRETS_H_
