#ifndef WRIFTAI_BASE_COMPLETED_CALL_H_
#define WRIFTAI_BASE_COMPLETED_CALL_H_

#include <utility>

#include "base/call.h"
#include "base/event_loop.h"

namespace wriftai {

// A call whose result is already known. `done` delivers it from the loop, as
// that of any other call.
//
// Threads: loop. Owns: `done`. EventLoop must outlive it. Fails: never.
class CompletedCall : public Call {
 public:
  CompletedCall(EventLoop& event_loop, EventLoop::Task done)
      : timer_(event_loop.RunAt(event_loop.Now(), std::move(done))) {}

 private:
  const TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_COMPLETED_CALL_H_
