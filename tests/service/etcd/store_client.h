#ifndef WRIFTAI_TESTS_SERVICE_ETCD_STORE_CLIENT_H_
#define WRIFTAI_TESTS_SERVICE_ETCD_STORE_CLIENT_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/run_on_loop.h"
#include "gtest/gtest.h"
#include "upstream/cluster/store.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {

// After this time a test that waits for real programs has failed.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

// What a watch has seen: the events of one revision, or an error, per line,
// such as "a=1 -b" or "OUT_OF_RANGE". Fails the test if the events of one
// revision arrive in two calls, or out of order.
//
// Threads: any.
class WatchLog {
 public:
  void Add(const absl::StatusOr<std::vector<cluster::Event>>& events);

  std::vector<std::string> lines() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return lines_;
  }

  // The lines, once there are `count`, or when kPatience has passed.
  std::vector<std::string> WaitFor(size_t count) const;

  // The revision of the last event.
  int64_t revision() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return revision_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
  int64_t revision_ = 0;
};

// A store and its loop, for a test's thread that blocks.
//
// Threads: one. Owns: both. Fails: the test, after kPatience.
class StoreClient {
 public:
  using Factory =
      std::function<std::unique_ptr<cluster::Store>(EventLoop& event_loop)>;

  explicit StoreClient(const Factory& make_store) {
    RunOnLoop(loop_, [&] { store_ = make_store(loop_); });
  }
  ~StoreClient() {
    RunOnLoop(loop_, [&] { store_.reset(); });
  }

  EventLoop& loop() { return loop_; }
  // Only on the loop.
  cluster::Store& store() { return *store_; }

  // The time that calls of this object get.
  void set_timeout(absl::Duration timeout) { timeout_ = timeout; }
  absl::Time deadline() const { return loop_.Now() + timeout_; }

  absl::StatusOr<cluster::RangeResult> Range(const cluster::KeyRange& range) {
    return Await<absl::StatusOr<cluster::RangeResult>>([&](auto done) {
      return store_->Range(range, deadline(), std::move(done));
    });
  }
  absl::StatusOr<cluster::TxnResult> Commit(const cluster::Txn& txn) {
    return Await<absl::StatusOr<cluster::TxnResult>>([&](auto done) {
      return store_->Commit(txn, deadline(), std::move(done));
    });
  }
  absl::StatusOr<int64_t> GrantLease(absl::Duration ttl) {
    return Await<absl::StatusOr<int64_t>>([&](auto done) {
      return store_->GrantLease(ttl, deadline(), std::move(done));
    });
  }
  absl::StatusOr<absl::Duration> KeepAlive(int64_t lease) {
    return Await<absl::StatusOr<absl::Duration>>([&](auto done) {
      return store_->KeepAlive(lease, deadline(), std::move(done));
    });
  }
  absl::Status RevokeLease(int64_t lease) {
    return Await<absl::Status>([&](auto done) {
      return store_->RevokeLease(lease, deadline(), std::move(done));
    });
  }

  // Short forms.
  absl::StatusOr<cluster::TxnResult> Put(const std::string& key,
                                         const std::string& value,
                                         int64_t lease = 0) {
    return Commit({{}, {cluster::Put{key, value, lease}}, {}});
  }
  absl::StatusOr<cluster::TxnResult> Delete(const std::string& key) {
    return Commit({{}, {cluster::Delete{key}}, {}});
  }
  // The range as "a=1 b=2", or its error.
  std::string Text(const cluster::KeyRange& range);

  // Repeats a read until it succeeds. The time that this took.
  absl::Duration WaitUntilReadable();

  // A watch that ends with the handle. `log` must outlive it.
  class Watching {
   public:
    Watching(StoreClient& client, CallHandle call)
        : client_(&client), call_(std::move(call)) {}
    Watching(Watching&& other) = default;
    Watching& operator=(Watching&&) = delete;
    ~Watching() { Drop(); }

    void Drop() {
      if (call_ == nullptr) return;
      RunOnLoop(client_->loop_, [this] { call_.reset(); });
    }

   private:
    StoreClient* client_;
    CallHandle call_;
  };
  [[nodiscard]] Watching Watch(const cluster::KeyRange& range, int64_t revision,
                               WatchLog& log);

 private:
  // Starts a call on the loop, and waits for its result there.
  template <typename Result>
  Result Await(
      const std::function<CallHandle(absl::AnyInvocable<void(Result)>)>&
          start) {
    absl::Notification ready;
    Result result = absl::UnknownError("no callback");
    CallHandle call;
    bool returned = false;
    RunOnLoop(loop_, [&] {
      call = start([&](Result value) {
        EXPECT_TRUE(loop_.OnLoopThread());
        EXPECT_TRUE(returned) << "the callback ran inside the call";
        result = std::move(value);
        ready.Notify();
      });
      returned = true;
    });
    EXPECT_TRUE(ready.WaitForNotificationWithTimeout(kPatience));
    RunOnLoop(loop_, [&] { call.reset(); });
    return result;
  }

  CurlEventLoop loop_;
  std::unique_ptr<cluster::Store> store_;
  absl::Duration timeout_ = kPatience / 2;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ETCD_STORE_CLIENT_H_
