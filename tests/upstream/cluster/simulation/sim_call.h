#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_CALL_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_CALL_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "tests/upstream/cluster/simulation/sim_loop.h"

namespace wriftai::cluster {

// The caller's side of a simulated call: responds once, at the deadline at the
// latest.
template <typename Result, typename Callback>
class SimResponse
    : public std::enable_shared_from_this<SimResponse<Result, Callback>> {
 public:
  SimResponse(SimLoop& loop, absl::Time deadline, Callback done)
      : loop_(loop), deadline_(deadline), done_(std::move(done)) {}

  void Respond(absl::Duration delay, Result result) {
    if (loop_.Now() + delay > deadline_) return Lose();
    loop_.RunIn(delay, [self = this->shared_from_this(),
                        result = std::move(result)]() mutable {
      self->Finish(std::move(result));
    });
  }

  // There will be no response.
  void Lose() {
    loop_.RunIn(deadline_ - loop_.Now(), [self = this->shared_from_this()] {
      self->Finish(absl::DeadlineExceededError("no answer"));
    });
  }

  void Cancel() { done_ = nullptr; }

 private:
  void Finish(Result result) {
    if (done_ == nullptr) return;
    Callback done = std::move(done_);
    done_ = nullptr;
    done(std::move(result));
  }

  SimLoop& loop_;
  const absl::Time deadline_;
  Callback done_;
};

template <typename Response>
class SimCall : public Call {
 public:
  explicit SimCall(std::shared_ptr<Response> response)
      : response_(std::move(response)) {}
  ~SimCall() override { response_->Cancel(); }

 private:
  const std::shared_ptr<Response> response_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_CALL_H_
