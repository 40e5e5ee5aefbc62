#include "sandbox/traffic_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sandbox/caller.h"

namespace wriftai::sandbox {
namespace {

// The name under which a method is counted. Clients may invent any number.
std::string CountedMethod(absl::string_view method) {
  for (const absl::string_view known :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return std::string(method);
  }
  return "other";
}

}  // namespace

TrafficLog::TrafficLog(size_t max_recent) : max_recent_(max_recent) {}

void TrafficLog::CountRequest(const Request& request, const Route& route,
                              int status, absl::Time arrival) {
  RecordedRequest recorded;
  recorded.time = arrival;
  recorded.method = request.method;
  recorded.target = absl::StrCat(request.path, request.query.empty() ? "" : "?",
                                 request.query);
  recorded.headers = request.headers;
  for (auto& [name, value] : recorded.headers) {
    if (absl::EqualsIgnoreCase(name, "authorization")) {
      value = RedactedAuthorization(value);
    }
  }
  recorded.body = request.body.substr(0, kMaxBody);
  recorded.body_bytes = static_cast<int64_t>(request.body.size());
  recorded.status = status;

  MutexLock lock(mutex_);
  ++stats_.requests[{CountedMethod(request.method), std::string(route.pattern),
                     status}];
  stats_.clients.Count(request, route.creates(), status, arrival);
  recent_.push_back(std::move(recorded));
  while (recent_.size() > max_recent_) recent_.pop_front();
}

void TrafficLog::CountRateLimited(absl::string_view bucket) {
  MutexLock lock(mutex_);
  ++stats_.rate_limited[std::string(bucket)];
}

void TrafficLog::CountCreated(absl::string_view model) {
  MutexLock lock(mutex_);
  ++stats_.creates_by_model[std::string(model)];
  ++stats_.predictions_created;
}

void TrafficLog::CountHeld(int change) {
  MutexLock lock(mutex_);
  stats_.held_now += change;
  stats_.held_most = std::max(stats_.held_most, stats_.held_now);
}

TrafficStats TrafficLog::Stats() const {
  MutexLock lock(mutex_);
  TrafficStats stats = stats_;
  stats.recent.assign(recent_.begin(), recent_.end());
  return stats;
}

void TrafficLog::Clear() {
  MutexLock lock(mutex_);
  const int64_t held = stats_.held_now;
  stats_ = TrafficStats();
  stats_.held_now = held;
  stats_.held_most = held;
  recent_.clear();
}

}  // namespace wriftai::sandbox
