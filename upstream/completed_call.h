#ifndef WRIFTAI_UPSTREAM_COMPLETED_CALL_H_
#define WRIFTAI_UPSTREAM_COMPLETED_CALL_H_

#include <utility>

#include "absl/status/statusor.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// A call whose result is already known. It completes from the loop, like any
// other call.
//
// Threads: loop. Owns: the result. EventLoop must outlive it. Fails: as the
// result says.
class CompletedCall : public Call {
 public:
  CompletedCall(EventLoop& event_loop, absl::StatusOr<v1::Prediction> result,
                PredictionDone done)
      : timer_(event_loop.RunAt(
            event_loop.Now(),
            [result = std::move(result), done = std::move(done)]() mutable {
              done(std::move(result));
            })) {}

 private:
  const TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_COMPLETED_CALL_H_
