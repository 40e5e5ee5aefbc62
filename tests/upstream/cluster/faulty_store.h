#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAULTY_STORE_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAULTY_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// One replica's connection to a store, with faults.
//
// Threads: one. All arguments must outlive it.
class FaultyStore : public Store {
 public:
  enum class Fault {
    kNone,
    kCut,            // Nothing arrives.
    kResponsesLost,  // Calls take effect, and time out.
    kFillsUp,        // Commits take effect, and fail because the store is full.
    kBreaks,         // Commits take effect, and fail at once: UNAVAILABLE.
    kEventsLate,     // All else works.
  };

  FaultyStore(EventLoop& event_loop, Store& store)
      : event_loop_(event_loop), store_(store) {}

  // Delayed events are delivered once no fault is left.
  void set_fault(Fault fault) {
    fault_ = fault;
    const std::set<WatchCall*> watches = watches_;
    for (WatchCall* const watch : watches) watch->Deliver({});
  }

  // Fails all watches.
  void BreakWatches(const absl::Status& status) {
    const std::set<WatchCall*> watches = watches_;
    for (WatchCall* const watch : watches) watch->Fail(status);
  }

  // Runs before each read.
  void set_on_range(std::function<void()> on_range) {
    on_range_ = std::move(on_range);
  }

  // The results of reads, without faults, take this time to arrive.
  void set_read_delay(absl::Duration delay) { read_delay_ = delay; }

  int64_t ranges() const { return ranges_; }
  int64_t commits() const { return commits_; }

  [[nodiscard]] CallHandle Range(KeyRange range, absl::Time deadline,
                                 Done<RangeResult> done) override {
    ++ranges_;
    if (on_range_) on_range_();
    return Pass<RangeResult>(deadline, std::move(done), [&](auto then) {
      auto call = std::make_unique<DelayedCall>();
      DelayedCall& delayed = *call;
      delayed.call = store_.Range(
          std::move(range), deadline,
          [this, &delayed, then = std::move(then)](
              const absl::StatusOr<RangeResult>& result) mutable {
            if (read_delay_ == absl::ZeroDuration()) return then(result);
            delayed.timer = event_loop_.RunAt(
                event_loop_.Now() + read_delay_,
                [result, then = std::move(then)]() mutable { then(result); });
          });
      return call;
    });
  }
  [[nodiscard]] CallHandle Commit(Txn txn, absl::Time deadline,
                                  Done<TxnResult> done) override {
    ++commits_;
    if (fault_ == Fault::kFillsUp || fault_ == Fault::kBreaks) {
      absl::Status error = fault_ == Fault::kFillsUp
                               ? absl::ResourceExhaustedError("full")
                               : absl::UnavailableError("broken");
      return store_.Commit(
          std::move(txn), deadline,
          [done = std::move(done), error = std::move(error)](
              const auto&) mutable { done(std::move(error)); });
    }
    return Pass<TxnResult>(deadline, std::move(done), [&](auto then) {
      return store_.Commit(std::move(txn), deadline, std::move(then));
    });
  }
  [[nodiscard]] CallHandle GrantLease(absl::Duration ttl, absl::Time deadline,
                                      Done<int64_t> done) override {
    return Pass<int64_t>(deadline, std::move(done), [&](auto then) {
      return store_.GrantLease(ttl, deadline, std::move(then));
    });
  }
  [[nodiscard]] CallHandle KeepAlive(int64_t lease, absl::Time deadline,
                                     Done<absl::Duration> done) override {
    return Pass<absl::Duration>(deadline, std::move(done), [&](auto then) {
      return store_.KeepAlive(lease, deadline, std::move(then));
    });
  }
  [[nodiscard]] CallHandle RevokeLease(
      int64_t lease, absl::Time deadline,
      absl::AnyInvocable<void(absl::Status)> done) override {
    if (IsConnected()) {
      return store_.RevokeLease(lease, deadline, std::move(done));
    }
    return TimeOut(deadline, std::move(done));
  }
  [[nodiscard]] CallHandle Watch(KeyRange range, int64_t revision,
                                 EventsDone on_events) override {
    auto watch = std::make_unique<WatchCall>(*this, std::move(on_events));
    watch->call = store_.Watch(
        std::move(range), revision,
        [raw = watch.get()](absl::StatusOr<std::vector<Event>> events) {
          if (events.ok()) {
            raw->Deliver(*std::move(events));
          } else {
            raw->Fail(events.status());
          }
        });
    return watch;
  }

 private:
  class WatchCall : public Call {
   public:
    WatchCall(FaultyStore& store, EventsDone on_events)
        : store_(store),
          on_events_(std::make_shared<EventsDone>(std::move(on_events))) {
      store_.watches_.insert(this);
    }
    ~WatchCall() override { store_.watches_.erase(this); }

    void Deliver(std::vector<Event> events) {
      for (Event& event : events) held_.push_back(std::move(event));
      const bool are_late =
          store_.fault_ == Fault::kCut || store_.fault_ == Fault::kEventsLate;
      if (are_late || held_.empty()) return;
      const auto on_events = on_events_;
      (*on_events)(std::exchange(held_, {}));
    }
    void Fail(const absl::Status& status) {
      const auto on_events = on_events_;
      (*on_events)(status);
    }

    CallHandle call;

   private:
    FaultyStore& store_;
    const std::shared_ptr<EventsDone> on_events_;
    std::vector<Event> held_;
  };
  struct DelayedCall : Call {
    CallHandle call;
    TimerHandle timer;
  };
  class TimerCall : public Call {
   public:
    TimerCall(TimerHandle timer, CallHandle call)
        : timer_(std::move(timer)), call_(std::move(call)) {}

   private:
    const TimerHandle timer_;
    const CallHandle call_;
  };

  bool IsConnected() const {
    return fault_ != Fault::kCut && fault_ != Fault::kResponsesLost;
  }

  template <typename Done>
  CallHandle TimeOut(absl::Time deadline, Done done,
                     CallHandle call = nullptr) {
    return std::make_unique<TimerCall>(
        event_loop_.RunAt(deadline,
                          [done = std::move(done)]() mutable {
                            done(absl::DeadlineExceededError("no answer"));
                          }),
        std::move(call));
  }
  template <typename Result, typename Send>
  CallHandle Pass(absl::Time deadline, Done<Result> done, Send send) {
    if (IsConnected()) {
      return send(std::move(done));
    }
    CallHandle call;
    if (fault_ == Fault::kResponsesLost) {
      call = send(Done<Result>([](const absl::StatusOr<Result>&) {}));
    }
    return TimeOut(deadline, std::move(done), std::move(call));
  }

  EventLoop& event_loop_;
  Store& store_;
  std::set<WatchCall*> watches_;
  Fault fault_ = Fault::kNone;
  std::function<void()> on_range_;  // May be empty.
  absl::Duration read_delay_;
  int64_t ranges_ = 0;
  int64_t commits_ = 0;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAULTY_STORE_H_
