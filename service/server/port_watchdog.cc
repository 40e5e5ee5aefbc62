#include "service/server/port_watchdog.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/steady_clock.h"
#include "service/server/port_probe.h"
#include "spdlog/spdlog.h"

namespace wriftai {
PortWatchdog::PortWatchdog() : wake_(eventfd(0, EFD_CLOEXEC)) {}

void PortWatchdog::Start(const Options& options, Announce announce,
                         OnChange on_change) {
  options_ = options;
  announce_ = std::move(announce);
  on_change_ = std::move(on_change);
  {
    MutexLock lock(mutex_);
    running_ = true;
    answered_at_ = SteadyNow();
  }
  thread_ = std::thread([this] { Run(); });
}

void PortWatchdog::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(wake_.get(), 1);
  thread_.join();
  MutexLock lock(mutex_);
  running_ = false;
}

absl::Status PortWatchdog::status() const {
  MutexLock lock(mutex_);
  // Also if a probe hangs.
  if (!running_ || SteadyNow() - answered_at_ < options_.patience) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat("the gRPC port does not answer: ", failure_));
}

void PortWatchdog::Run() {
  bool answers = true;
  for (;;) {
    pollfd wake = {wake_.get(), POLLIN, 0};
    poll(&wake, 1,
         static_cast<int>(absl::ToInt64Milliseconds(options_.interval)));
    if (wake.revents != 0) return;
    const absl::Status probed =
        ProbeGrpcPort(options_.address, options_.tls, options_.timeout,
                      announce_, wake_.get());
    if (absl::IsCancelled(probed)) return;
    {
      MutexLock lock(mutex_);
      if (probed.ok()) {
        answered_at_ = SteadyNow();
      } else {
        failure_ = std::string(probed.message());
      }
    }
    const absl::Status now = status();
    if (now.ok() == answers) continue;
    answers = now.ok();
    if (answers) {
      spdlog::info("the gRPC port answers again");
    } else {
      spdlog::error("{}", std::string(now.message()));
    }
    on_change_(answers);
  }
}

}  // namespace wriftai
