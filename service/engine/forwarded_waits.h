#ifndef WRIFTAI_SERVICE_ENGINE_FORWARDED_WAITS_H_
#define WRIFTAI_SERVICE_ENGINE_FORWARDED_WAITS_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
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

  // By the credential's key: those that have not ended.
  std::map<std::string, std::set<Wait*>> waits_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_FORWARDED_WAITS_H_
