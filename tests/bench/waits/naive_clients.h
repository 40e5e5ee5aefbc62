#ifndef WRIFTAI_TESTS_BENCH_WAITS_NAIVE_CLIENTS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_NAIVE_CLIENTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/bench/waits/scene.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::bench {

// HTTP options of NaiveClients, with their own user agent.
HttpOptions NaiveHttpOptions(int64_t connections);

// Waiters without a gateway. Each behaves like predictions.wait() of the
// official Python client (0.22): a GET immediately, then another one second
// after each response, until the status is succeeded or failed. Nothing is
// shared or retried: the first error, including a 429, ends the wait.
//
// Threads: any but the loop's. `loop` must outlive this. Owns: the requests.
// Fails: a lost wait has no delay.
class NaiveClients {
 public:
  // `running`: one per waiter; may contain duplicates.
  NaiveClients(CurlEventLoop& loop, std::string api, std::string token,
               std::vector<Running> running);
  ~NaiveClients();
  NaiveClients(const NaiveClients&) = delete;
  NaiveClients& operator=(const NaiveClients&) = delete;

  void Start();

  // Blocks until all waits are completed or lost, or until `deadline`.
  void AwaitEnds(absl::Time deadline);

  // For completed waits: from the end upstream until the client received it.
  std::vector<double> DelaySeconds() const;

 private:
  struct Waiter {
    Running running;
    CallHandle call;
    TimerHandle timer;
    std::optional<double> delay_seconds;
  };

  void Poll(Waiter& waiter);
  void OnResponse(Waiter& waiter, HttpResult result);
  void OnEnded();
  bool AllEnded() const { return pending_ == 0; }

  CurlEventLoop& loop_;
  const std::string api_;
  const std::string token_;
  std::vector<Waiter> waiters_;  // Loop only while waits are pending.
  mutable absl::Mutex mutex_;
  size_t pending_ = 0;  // Guarded by mutex_.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_NAIVE_CLIENTS_H_
