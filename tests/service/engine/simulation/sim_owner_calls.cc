#include "tests/service/engine/simulation/sim_owner_calls.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "service/engine/ownership_errors.h"
#include "tests/service/engine/simulation/engine_node.h"
#include "upstream/error_details.h"

namespace wriftai {
// One forwarded call: as ForwardedCall.
class SimForwardedCall final
    : public std::enable_shared_from_this<SimForwardedCall> {
 public:
  // Takes the result of the owner. A result is a task that delivers it.
  using Respond =
      std::function<void(const absl::Status&, std::function<void()>)>;
  // Runs the call at the owner.
  using Run = std::function<CallHandle(EngineNode&, CallContext, Respond)>;

  SimForwardedCall(SimOwnerCalls& calls, const CallContext& context,
                   bool sent_once, Run run,
                   std::function<void(absl::Status)> fail)
      : links_(calls.links_),
        slot_(calls.slot_),
        loop_(calls.loop_),
        ownership_(calls.ownership_),
        credential_(context.credential),
        deadline_(context.deadline),
        sent_once_(sent_once),
        run_(std::move(run)),
        fail_(std::move(fail)) {}

  void Start() {
    if (ended_) return;
    const auto owner = ownership_.FindOther(*credential_);
    if (!owner.has_value()) return End(NotOwnerError());
    const size_t to = SlotOf(*owner);
    const auto self = shared_from_this();
    const auto broken = [self] {
      if (!self->ended_) self->OnBroken();
    };
    open_ = links_.OnBroken(to, loop_, broken);
    timer_ = loop_.RunAt(std::min(loop_.Now() + SimLinks::kSilence, deadline_),
                         broken);
    SimLinks& links = links_;
    const size_t from = slot_;
    links_.Send(
        from, to, loop_,
        [self, &links, from, to, epoch = owner->epoch, credential = credential_,
         deadline = deadline_, run = run_](EngineNode& node) {
          const auto respond = [self, &links, from, to](
                                   const absl::Status& status,
                                   std::function<void()> deliver) {
            links.Respond(to, from, self->loop_, nullptr,
                          [self, status, deliver = std::move(deliver)] {
                            self->OnResponse(status, deliver);
                          });
          };
          if (node.ownership().EpochOf(*credential) != epoch) {
            return respond(NotOwnerError(), nullptr);
          }
          CallContext context;
          context.credential = credential;
          context.deadline = deadline;
          context.forwarded = true;
          auto handle = std::make_shared<CallHandle>();
          const int64_t key = node.Keep(handle);
          *handle = run(node, std::move(context),
                        [&node, key, respond](const absl::Status& status,
                                              std::function<void()> deliver) {
                          node.Drop(key);
                          respond(status, std::move(deliver));
                        });
        },
        broken);
  }

  // The caller has left, or has its result. The owner may go on.
  void Stop() {
    ended_ = true;
    if (open_ != 0) links_.Forget(std::exchange(open_, 0));
    fail_ = nullptr;
    timer_.reset();
    run_ = nullptr;
  }

 private:
  void End(absl::Status status) {
    auto fail = std::move(fail_);
    Stop();
    if (fail) fail(std::move(status));
  }

  void OnResponse(const absl::Status& status,
                  const std::function<void()>& deliver) {
    if (ended_) return;
    if (!status.ok()) return End(status);
    Stop();
    deliver();
  }

  void OnBroken() {
    End(sent_once_ ? ForwardedCreateUnknown("broken")
                   : OwnerUnavailable("broken"));
  }

  SimLinks& links_;
  const size_t slot_;
  cluster::SimLoop& loop_;
  TenureOwnership& ownership_;
  const std::shared_ptr<const Credential> credential_;
  const absl::Time deadline_;
  const bool sent_once_;
  Run run_;
  std::function<void(absl::Status)> fail_;
  int64_t open_ = 0;
  bool ended_ = false;
  TimerHandle timer_;
};

namespace {

class SimForwardedHandle final : public Call {
 public:
  explicit SimForwardedHandle(std::shared_ptr<SimForwardedCall> call)
      : call_(std::move(call)) {}
  ~SimForwardedHandle() override { call_->Stop(); }

 private:
  const std::shared_ptr<SimForwardedCall> call_;
};

CallHandle Started(EventLoop& loop, std::shared_ptr<SimForwardedCall> call) {
  loop.Post([call] { call->Start(); });
  return std::make_unique<SimForwardedHandle>(std::move(call));
}

// The result of a call at the owner, as a task for the caller.
template <typename T, typename Done>
auto Deliver(const SimForwardedCall::Respond& respond,
             const std::shared_ptr<Done>& done) {
  return [respond, done](absl::StatusOr<T> result) {
    const absl::Status status = result.status();
    respond(status, [done, result = std::move(result)] { (*done)(result); });
  };
}

}  // namespace

CallHandle SimOwnerCalls::Get(CallContext context, std::string id,
                              PredictionDone done) {
  const auto shared = std::make_shared<PredictionDone>(std::move(done));
  return Started(
      loop_,
      std::make_shared<SimForwardedCall>(
          *this, context, /*sent_once=*/false,
          [shared, id = std::move(id)](
              EngineNode& node, CallContext at_owner,
              const SimForwardedCall::Respond& respond) {
            return node.engine().Get(
                std::move(at_owner), id,
                [deliver = Deliver<v1::Prediction>(respond, shared)](
                    absl::StatusOr<SnapshotPtr> got) {
                  if (!got.ok()) return deliver(got.status());
                  deliver((*got)->prediction);
                });
          },
          [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

CallHandle SimOwnerCalls::List(CallContext context, ListParams params,
                               PageDone done) {
  const auto shared = std::make_shared<PageDone>(std::move(done));
  return Started(
      loop_,
      std::make_shared<SimForwardedCall>(
          *this, context, /*sent_once=*/false,
          [shared, params](EngineNode& node, CallContext at_owner,
                           const SimForwardedCall::Respond& respond) {
            return node.engine().List(std::move(at_owner), params,
                                      Deliver<PredictionPage>(respond, shared));
          },
          [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

CallHandle SimOwnerCalls::Cancel(CallContext context, const std::string& id,
                                 CancelDone done) {
  const auto shared = std::make_shared<CancelDone>(std::move(done));
  return Started(
      loop_,
      std::make_shared<SimForwardedCall>(
          *this, context, /*sent_once=*/false,
          [shared, id](EngineNode& node, CallContext at_owner,
                       const SimForwardedCall::Respond& respond) {
            return node.engine().Cancel(
                std::move(at_owner), id,
                [respond, shared](const absl::Status& status) {
                  respond(status, [shared] { (*shared)(absl::OkStatus()); });
                });
          },
          [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

CallHandle SimOwnerCalls::Create(CallContext context,
                                 const std::string& request_id,
                                 CreateParams params, PredictionDone done) {
  const auto shared = std::make_shared<PredictionDone>(std::move(done));
  return Started(
      loop_,
      std::make_shared<SimForwardedCall>(
          *this, context, request_id.empty(),
          [shared, request_id, params = std::move(params)](
              EngineNode& node, CallContext at_owner,
              const SimForwardedCall::Respond& respond) {
            return node.engine().Create(
                std::move(at_owner), request_id, params,
                [deliver = Deliver<v1::Prediction>(respond, shared)](
                    absl::StatusOr<SnapshotPtr> created) {
                  if (!created.ok()) return deliver(created.status());
                  deliver((*created)->prediction);
                });
          },
          [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

}  // namespace wriftai
