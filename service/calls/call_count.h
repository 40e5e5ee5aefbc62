#ifndef WRIFTAI_SERVICE_CALLS_CALL_COUNT_H_
#define WRIFTAI_SERVICE_CALLS_CALL_COUNT_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/synchronization/notification.h"

namespace wriftai {

// Counts what gRPC may still call back, so that its owner can wait for the end.
//
// Threads: any. Must outlive its holds. Fails: never.
class CallCount {
 public:
  struct Release {
    void operator()(CallCount* count) const { count->Remove(); }
  };
  // Counts as one until it is destroyed.
  using Hold = std::unique_ptr<CallCount, Release>;

  // Before WaitForNone(), or while there is another hold.
  [[nodiscard]] Hold Add() {
    count_.fetch_add(1, std::memory_order_relaxed);
    return Hold(this);
  }

  // Blocks until no hold is left. Once.
  void WaitForNone() {
    Remove();
    none_.WaitForNotification();
  }

 private:
  void Remove() {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) none_.Notify();
  }

  std::atomic<int64_t> count_{1};  // One for the owner.
  absl::Notification none_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALL_COUNT_H_
