#ifndef WRIFTAI_SANDBOX_TRAFFIC_LOG_H_
#define WRIFTAI_SANDBOX_TRAFFIC_LOG_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "sandbox/client_traffic.h"
#include "sandbox/http_message.h"
#include "sandbox/router.h"

namespace wriftai::sandbox {

// A request as it was sent, for inspection by tests.
struct RecordedRequest {
  absl::Time time;  // Arrival.
  std::string method;
  std::string target;  // Path and query, still percent-encoded.
  Headers headers;     // The token in the form of RedactedAuthorization().
  std::string body;    // At most TrafficLog::kMaxBody bytes.
  int64_t body_bytes = 0;
  int status = 0;  // 0: the connection was closed without a response.
};

struct TrafficStats {
  using RequestKey = std::tuple<std::string, std::string, int>;

  std::map<RequestKey, int64_t> requests;       // By method, route and status.
  std::map<std::string, int64_t> rate_limited;  // By bucket.
  ClientTraffic clients;
  std::map<std::string, int64_t> creates_by_model;  // By owner/name:version.
  int64_t predictions_created = 0;
  int64_t held_now = 0;                 // Creates held for Prefer: wait.
  int64_t held_most = 0;                // The maximum of held_now.
  std::vector<RecordedRequest> recent;  // Oldest response first.
};

// Counts requests and responses, and keeps recent requests.
//
// Threads: any. Fails: never.
class TrafficLog {
 public:
  // Enough for a create with a prompt; bounds the memory of large requests.
  static constexpr size_t kMaxBody = 16 << 10;

  explicit TrafficLog(size_t max_recent);

  void CountRequest(const Request& request, const Route& route, int status,
                    absl::Time arrival);
  void CountRateLimited(absl::string_view bucket);
  void CountCreated(absl::string_view model);
  void CountHeld(int change);

  TrafficStats Stats() const;

  // Resets everything but the number of creates that are held now.
  void Clear();

 private:
  const size_t max_recent_;
  mutable Mutex mutex_;
  TrafficStats stats_ ABSL_GUARDED_BY(mutex_);
  std::deque<RecordedRequest> recent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_TRAFFIC_LOG_H_
