#ifndef WRIFTAI_UPSTREAM_SETTLED_CALL_H_
#define WRIFTAI_UPSTREAM_SETTLED_CALL_H_

#include <utility>

#include "absl/status/statusor.h"
#include "upstream/core/call.h"
#include "upstream/core/scheduler.h"
#include "upstream/prediction_client.h"

namespace wriftai {

// A call whose answer is known without asking: given from the loop, as all are.
//
// Threads: loop. Owns: the answer. Scheduler must outlive it. Fails: by what
// the answer says.
class SettledCall : public Call {
 public:
  SettledCall(Scheduler& scheduler, absl::StatusOr<v1::Prediction> answer,
              PredictionClient::PredictionDone done)
      : tell_(scheduler.PostAt(
            scheduler.Now(),
            [answer = std::move(answer), done = std::move(done)]() mutable {
              done(std::move(answer));
            })) {}

 private:
  const TimerHandle tell_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_SETTLED_CALL_H_
