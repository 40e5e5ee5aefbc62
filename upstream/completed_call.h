#ifndef WRIFTAI_UPSTREAM_COMPLETED_CALL_H_
#define WRIFTAI_UPSTREAM_COMPLETED_CALL_H_

#include <utility>

#include "absl/status/statusor.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/prediction_client.h"

namespace wriftai {

// A call whose answer is known without asking: given from the loop, as all are.
//
// Threads: loop. Owns: the answer. EventLoop must outlive it. Fails: by what
// the answer says.
class CompletedCall : public Call {
 public:
  CompletedCall(EventLoop& event_loop, absl::StatusOr<v1::Prediction> answer,
                PredictionClient::PredictionDone done)
      : tell_(event_loop.RunAt(
            event_loop.Now(),
            [answer = std::move(answer), done = std::move(done)]() mutable {
              done(std::move(answer));
            })) {}

 private:
  const TimerHandle tell_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_COMPLETED_CALL_H_
