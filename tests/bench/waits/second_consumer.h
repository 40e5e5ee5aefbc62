#ifndef WRIFTAI_TESTS_BENCH_WAITS_SECOND_CONSUMER_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SECOND_CONSUMER_H_

#include <string>

#include "absl/time/time.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::bench {

// Another consumer of the gateway's token: sends GETs of one prediction
// directly to upstream, evenly paced regardless of the responses. Upstream
// counts them under kConsumerAgent.
//
// Threads: one, other than its loop's. Owns: its loop. Fails: never.
class SecondConsumer {
 public:
  // Starts immediately.
  SecondConsumer(std::string url, std::string token, absl::Duration interval);

 private:
  void SendGet();

  const std::string url_;
  const std::string token_;
  const absl::Duration interval_;

  // Loop only.
  absl::Time next_;
  CallHandle call_;
  TimerHandle timer_;

  CurlEventLoop
      loop_;  // Last, so that it is destroyed before the state it uses.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SECOND_CONSUMER_H_
