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

// For NaiveClients: so many sockets, and a name of its own.
HttpOptions NaiveHttpOptions(int64_t connections);

// Waiters that do without a gateway, each as the official Python client's
// predictions.wait() does (0.22): a GET at once, then one a fixed second after
// each answer, until the status is succeeded or failed. Nothing is shared and
// nothing is tried again: the first error, a 429 as well, ends that wait.
//
// Threads: any but the loop's. `loop` must outlive this. Owns: the requests.
// Fails: a wait that is lost has no delay.
class NaiveClients {
 public:
  // `running`: one for each waiter, so the same one may be there many times.
  NaiveClients(CurlEventLoop& loop, std::string api, std::string token,
               std::vector<Running> running);
  ~NaiveClients();
  NaiveClients(const NaiveClients&) = delete;
  NaiveClients& operator=(const NaiveClients&) = delete;

  void Start();

  // Until all waits are completed or lost, or `deadline`.
  void AwaitEnds(absl::Time deadline);

  // From the end upstream until the client knew, of the waits completed.
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
  bool AllEnded() const { return under_way_ == 0; }

  CurlEventLoop& loop_;
  const std::string api_;
  const std::string token_;
  std::vector<Waiter> waiters_;  // Loop only while under way.
  mutable absl::Mutex mutex_;
  size_t under_way_ = 0;  // Under mutex_.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_NAIVE_CLIENTS_H_
