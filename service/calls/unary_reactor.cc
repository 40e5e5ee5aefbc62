#include "service/calls/unary_reactor.h"

#include <memory>
#include <utility>

#include "service/calls/grpc_status.h"

namespace wriftai {

UnaryReactor* UnaryReactor::Run(Scheduler& scheduler, Work work) {
  auto* const reactor = new UnaryReactor(scheduler);
  scheduler.Post([reactor, work = std::move(work)]() mutable {
    reactor->Start(std::move(work));
  });
  return reactor;
}

UnaryReactor* UnaryReactor::Fail(Scheduler& scheduler,
                                 const absl::Status& status) {
  auto* const reactor = new UnaryReactor(scheduler);
  scheduler.Post([reactor, status] { reactor->End(status); });
  return reactor;
}

void UnaryReactor::OnCancel() {
  scheduler_.Post([this] { End(absl::CancelledError("the caller has left")); });
}

void UnaryReactor::OnDone() {
  scheduler_.Post([self = std::unique_ptr<UnaryReactor>(this)] {});
}

void UnaryReactor::Start(Work work) {
  // The caller may have left before its work was begun.
  if (ended_) return;
  absl::Status refused;
  work_ = work([this](const absl::Status& status) { End(status); }, refused);
  if (!refused.ok()) End(refused);
}

void UnaryReactor::End(const absl::Status& status) {
  if (ended_) return;
  ended_ = true;
  work_.reset();
  grpc::ServerUnaryReactor::Finish(ToGrpcStatus(status));
}

}  // namespace wriftai
