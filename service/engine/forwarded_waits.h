#ifndef WRIFTAI_SERVICE_ENGINE_FORWARDED_WAITS_H_
#define WRIFTAI_SERVICE_ENGINE_FORWARDED_WAITS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// The waits that other replicas hold here because this one owns their
// credential. They end when it does not own it any more, since a forwarded wait
// goes no further.
//
// Threads: loop. It must outlive its waits. Fails: never.
class ForwardedWaits {
 public:
  ForwardedWaits() = default;
  ForwardedWaits(const ForwardedWaits&) = delete;
  ForwardedWaits& operator=(const ForwardedWaits&) = delete;

  // Stands between the subscription of a forwarded wait and its observer, which
  // must outlive it. `stop` ends the subscription.
  std::unique_ptr<PredictionObserver> Add(const Credential& credential,
                                          PredictionObserver& observer,
                                          std::function<void()> stop);

  // Ends all waits of the credential with `status`.
  void EndAll(const std::string& credential_key, const absl::Status& status);

 private:
  class Wait;

  // By the credential's key: those that have not ended, in the order of their
  // start.
  std::map<std::string, std::map<uint64_t, Wait*>> waits_;
  uint64_t next_wait_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_FORWARDED_WAITS_H_
