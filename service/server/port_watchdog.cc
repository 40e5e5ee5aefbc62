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
    responded_at_ = SteadyNow();
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
  // Compares times so that a hanging probe counts as a failure, too.
  if (!running_ || SteadyNow() - responded_at_ < options_.failure_timeout) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat("the gRPC port is not responding: ", failure_));
}

void PortWatchdog::Run() {
  bool is_responding = true;
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
        responded_at_ = SteadyNow();
      } else {
        failure_ = std::string(probed.message());
      }
    }
    const absl::Status now = status();
    if (now.ok() == is_responding) continue;
    is_responding = now.ok();
    if (is_responding) {
      spdlog::info("the gRPC port is responding again");
    } else {
      spdlog::error("{}", std::string(now.message()));
    }
    on_change_(is_responding);
  }
}

}  // namespace wriftai
