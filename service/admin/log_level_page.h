#ifndef WRIFTAI_SERVICE_ADMIN_LOG_LEVEL_PAGE_H_
#define WRIFTAI_SERVICE_ADMIN_LOG_LEVEL_PAGE_H_

#include <functional>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/event_loop.h"
#include "service/admin/page_thread.h"

namespace wriftai {

class Logging;

// Shows and changes the minimum level of the log while the gateway runs, by
// PUT. AdminServer refuses a browser's, so a page on the internet cannot change
// it.
//
// Threads: any. `logging` and `clock` must outlive it. Fails: with 400.
class LogLevelPage {
 public:
  // `on_change` runs after each change, on any thread.
  LogLevelPage(const Logging& logging, const EventLoop& clock,
               std::function<void()> on_change)
      : logging_(logging), clock_(clock), on_change_(std::move(on_change)) {}

  PageResponse Get() const;

  // `query`: level=NAME.
  PageResponse Put(absl::string_view query) const;

 private:
  const Logging& logging_;
  const EventLoop& clock_;
  const std::function<void()> on_change_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_LOG_LEVEL_PAGE_H_
