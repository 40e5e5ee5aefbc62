#ifndef WRIFTAI_SERVICE_ENGINE_WAIT_HANDLE_H_
#define WRIFTAI_SERVICE_ENGINE_WAIT_HANDLE_H_

#include <memory>
#include <string>
#include <utility>

#include "base/call.h"
#include "base/dynamic_threshold_limiter.h"
#include "upstream/watch/prediction_observer.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// Observes the wait of a CreateAndWait.
class CreateObserver : public PredictionObserver {
 public:
  // The prediction `id` was created; its updates follow. Called on the loop, at
  // most once, before any other method but OnError().
  virtual void OnCreated(const std::string& id) = 0;
};

// A wait that Engine has started. Destroying it stops the wait and releases its
// slot; keep it until the stream is gone, since a stream that has ended still
// takes memory until its caller has read it. Destroy it outside of the
// observer's methods.
//
// Threads: loop. Must not outlive the engine.
class WaitHandle {
 public:
  WaitHandle(const WaitHandle&) = delete;
  WaitHandle& operator=(const WaitHandle&) = delete;

  // Ends the updates, or the wait for a create; its observer gets no further
  // calls. Allowed inside the observer's methods.
  void Stop() {
    stopped_ = true;
    create_.reset();
    subscription_.reset();
    forwarded_.reset();
  }

 private:
  friend class Engine;

  explicit WaitHandle(DynamicThresholdLimiter::Slot slot)
      : slot_(std::move(slot)) {}

  const DynamicThresholdLimiter::Slot slot_;
  CallHandle create_;  // Before the wait of a CreateAndWait.
  std::unique_ptr<PredictionObserver> forwarded_;  // See ForwardedWaits.
  std::unique_ptr<Subscription> subscription_;
  bool stopped_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_WAIT_HANDLE_H_
