#ifndef WRIFTAI_TESTS_UPSTREAM_WATCH_SIMULATED_UPSTREAM_H_
#define WRIFTAI_TESTS_UPSTREAM_WATCH_SIMULATED_UPSTREAM_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "sandbox/rate_limiter.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// The upstream of one token on virtual time: predictions that start and end by
// themselves, a list with pages of 50, newest first, a strict rate limit, and
// network latency.
//
// Threads: the test's. The event loop must outlive it; it must outlive its
// handles. Fails: the test, if a read has no permit.
class SimulatedUpstream : public PredictionReader {
 public:
  struct Options {
    sandbox::RateLimiter::Options limits;
    // Maximum latency of a request, and of its response.
    absl::Duration latency = absl::Milliseconds(20);
    uint64_t seed = 1;
  };

  SimulatedUpstream(const Options& options, ManualEventLoop& event_loop)
      : limiter_(options.limits),
        latency_(options.latency),
        random_(options.seed),
        event_loop_(event_loop) {}

  // Creates a prediction now. It starts after a fifth of `duration` and ends
  // after all of it. Returns its id.
  std::string AddPrediction(absl::Duration duration,
                            absl::string_view model = "m");

  // The state that a GET or a create would return now.
  v1::Prediction StateOf(const std::string& id) const;
  absl::Time EndTimeOf(const std::string& id) const { return At(id).ended; }
  static std::string OutputOf(const std::string& id) {
    return "\"" + id + "\"";
  }

  void Delete(const std::string& id) { At(id).deleted = true; }
  void Undelete(const std::string& id) { At(id).deleted = false; }

  // From now on, GETs of it fail with `status`, or succeed if that is OK. They
  // count toward the limit.
  void Fail(const std::string& id, absl::Status status) {
    At(id).failure = std::move(status);
  }
  // GETs of it, or all pages, get no response until the client times out.
  void Hang(const std::string& id) { At(id).hangs = true; }
  void set_pages_hang(bool hang) { pages_hang_ = hang; }

  // From now on, pages show its current state, or omit it.
  void FreezeOnPages(const std::string& id) {
    At(id).frozen_at = event_loop_.WallNow();
  }
  void HideOnPages(const std::string& id) { At(id).hidden = true; }

  // How far pages lag behind GETs.
  void set_list_lag(absl::Duration lag) { list_lag_ = lag; }

  // From now on, every call fails with `outage`, unless that is OK. Such calls
  // do not count toward the limit.
  void set_outage(absl::Status outage) { outage_ = std::move(outage); }
  // The same for pages only, which do count.
  void set_page_failure(absl::Status failure) { page_failure_ = failure; }

  void set_latency(absl::Duration latency) { latency_ = latency; }

  // A read of another consumer of the token. Returns whether it was allowed.
  bool ReadByOther();

  int64_t gets() const { return gets_; }
  int64_t lists() const { return lists_; }
  int64_t reads() const { return gets_ + lists_; }
  // Number of 429 responses.
  int64_t limited() const { return limited_; }
  // What arrived in each second of the wall clock, without other consumers.
  struct Counts {
    int64_t reads = 0;
    int64_t limited = 0;  // Of them.
  };
  const std::map<int64_t, Counts>& seconds() const { return seconds_; }
  // When its GETs were sent.
  const std::vector<absl::Time>& GetsOf(const std::string& id) const {
    return At(id).gets;
  }

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;

 private:
  class Handle;
  struct SimulatedPrediction {  // On the wall clock.
    std::string model;
    absl::Time created, started, ended;
    bool deleted = false;
    std::vector<absl::Time> gets;
    absl::Status failure;
    bool hangs = false;
    bool hidden = false;
    absl::Time frozen_at = absl::InfiniteFuture();
  };
  struct Request {
    Permit permit;
    std::string id;  // Of a GET.
    size_t below = 0;
    PredictionDone got;
    PageDone listed;
    TimerHandle timer;
    // Filled on arrival.
    RateLimit rate;
    absl::StatusOr<v1::Prediction> prediction;
    absl::StatusOr<PredictionPage> page;
  };

  SimulatedPrediction& At(const std::string& id) {
    return predictions_[Index(id)];
  }
  const SimulatedPrediction& At(const std::string& id) const {
    return predictions_[Index(id)];
  }
  static size_t Index(const std::string& id);
  v1::Prediction Describe(size_t index, absl::Time now, bool payloads) const;
  bool Hangs(const Request& request) const;
  PredictionPage PageBelow(size_t index) const;
  CallHandle Send(Request request);
  void Arrive(uint64_t number);
  absl::Status CheckRequest(Request& request, absl::Duration back);
  void Respond(uint64_t number);

  sandbox::RateLimiter limiter_;
  absl::Duration latency_;
  Random random_;
  ManualEventLoop& event_loop_;
  absl::Status outage_;
  absl::Status page_failure_;
  bool pages_hang_ = false;
  absl::Duration list_lag_;

  std::vector<SimulatedPrediction> predictions_;  // Oldest first.
  std::map<uint64_t, Request> requests_;
  uint64_t next_request_ = 0;
  int64_t gets_ = 0;
  int64_t lists_ = 0;
  int64_t limited_ = 0;
  std::map<int64_t, Counts> seconds_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_WATCH_SIMULATED_UPSTREAM_H_
