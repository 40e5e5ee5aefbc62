#include "service/replica/tenure_log.h"

#include "spdlog/spdlog.h"

namespace wriftai {

void TenureLog::OnTenureBegan(const std::string& tag, int64_t epoch) {
  ++stats_.begun;
  spdlog::info("owns token {} from revision {}", name_of_(tag), epoch);
  next_.OnTenureBegan(tag, epoch);
}

void TenureLog::OnTenureEnded(const std::string& tag, int64_t epoch) {
  ++stats_.ended;
  // The end of the session has been logged.
  if (session_.active()) {
    spdlog::info("no longer owns token {}", name_of_(tag));
  }
  next_.OnTenureEnded(tag, epoch);
}

void TenureLog::OnSessionBegan() {
  spdlog::info("joined the cluster as {}", session_.id());
}

void TenureLog::OnSessionEnded() {
  spdlog::warn("left the cluster as {}; it owned {} tokens", session_.id(),
               owned());
}

}  // namespace wriftai
