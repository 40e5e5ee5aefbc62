#ifndef WRIFTAI_TESTS_UPSTREAM_WATCH_ONE_WATCH_H_
#define WRIFTAI_TESTS_UPSTREAM_WATCH_ONE_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// Waiters of one prediction, without a rate limit.
//
// Threads: the test's. Owns: the registry and the subscriptions.
class OneWatch {
 public:
  static constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

  OneWatch(ManualEventLoop& event_loop, FakePredictionClient& client)
      : budgets_(BudgetRegistry::kUnlimited, event_loop),
        registry_(WatchRegistry::Options(), event_loop, client, budgets_,
                  random_) {}

  uint64_t Subscribe(const WatchOptions& options,
                     PredictionObserver& observer) {
    const uint64_t key = next_++;
    waiters_[key] = registry_.Subscribe(credential_, kId, options, observer);
    return key;
  }

  void Unsubscribe(uint64_t waiter) { waiters_.erase(waiter); }

  void Apply(const v1::Prediction& prediction, v1::Source source) {
    registry_.Apply(*credential_, prediction, source);
  }

  // For subscriptions from now on.
  void set_poll_trace(PollTrace* trace) { registry_.set_poll_trace(trace); }

  void set_poll_spans(PollSpans* spans) { registry_.set_poll_spans(spans); }

  void Drain() {
    registry_.DrainAll([] { return absl::UnavailableError("draining"); });
  }

  size_t waiter_count() const { return registry_.waiter_count(); }
  bool idle() const { return waiter_count() == 0; }

 private:
  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  Random random_{1};
  BudgetRegistry budgets_;
  WatchRegistry registry_;
  uint64_t next_ = 0;
  std::map<uint64_t, std::unique_ptr<Subscription>> waiters_;
};

// Tests of one watch, with a fake upstream.
class OneWatchTest : public ::testing::Test {
 protected:
  static WatchOptions Every(absl::Duration interval) {
    WatchOptions options;
    options.poll_interval = interval;
    return options;
  }

  static WatchOptions OnlyChanges() {
    WatchOptions options;
    options.only_changes = true;
    return options;
  }

  // Runs due tasks, such as first polls and notifications.
  void RunPending() { event_loop_.RunPosted(); }

  // Completes the poll in flight with `status`.
  void CompletePoll(const char* status, int updated = 0) {
    client_.Complete(MakePrediction(OneWatch::kId, status, updated));
    RunPending();
  }

  void FailPoll(const absl::Status& status) {
    client_.Complete(status);
    RunPending();
  }

  size_t polls() const { return client_.calls().size(); }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  OneWatch watch_{event_loop_, client_};
  RecordingObserver first_;
  RecordingObserver second_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_WATCH_ONE_WATCH_H_
