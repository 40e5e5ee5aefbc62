#ifndef WRIFTAI_TESTS_BENCH_WAITS_SECOND_CONSUMER_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SECOND_CONSUMER_H_

#include <string>

#include "absl/time/time.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::bench {

// Somebody else on the gateway's token: a GET of one prediction straight from
// upstream, evenly paced whatever the answers are. Upstream counts them under
// kConsumerAgent.
//
// Threads: one that is not its loop's. Owns: its loop. Fails: never.
class SecondConsumer {
 public:
  // Begins at once.
  SecondConsumer(std::string url, std::string token, absl::Duration interval);

 private:
  void Ask();

  const std::string url_;
  const std::string token_;
  const absl::Duration interval_;

  // Loop only.
  absl::Time next_;
  CallHandle call_;
  TimerHandle timer_;

  CurlEventLoop
      loop_;  // Last: when it has ended, nothing runs that uses the rest.
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SECOND_CONSUMER_H_
