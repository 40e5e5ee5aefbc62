#include "client/wait_session.h"

#include <algorithm>
#include <utility>

#include "client/render.h"
#include "client/render_error.h"

namespace wriftai::client {

WaitSession::WaitSession(Connection& connection, Host& host, WaitPlan plan)
    : connection_(connection),
      host_(host),
      plan_(std::move(plan)),
      start_(host.clock.Now()),
      backoff_(host.random),
      display_(host.console, host.clock,
               plan_.create.has_value() ? "creating" : "connecting",
               !plan_.json) {}

WaitResult WaitSession::Run() {
  while (true) {
    result_.status = Follow(*Open());
    if (const auto created = CreatedId(result_.status)) {
      plan_.wait.set_id(*created);
    }
    if (result_.prediction.has_value() && HasEnded(*result_.prediction)) {
      // How the stream ended after its last update does not matter.
      result_.status = grpc::Status::OK;
      break;
    }
    if (result_.signal != 0) break;
    if (result_.status.ok()) {
      result_.status =
          grpc::Status(grpc::StatusCode::INTERNAL,
                       "the stream ended before the prediction did");
    }
    if (!IsRetryable(result_.status)) break;
    const absl::Duration delay =
        std::max(RetryDelay(result_.status).value_or(backoff_.Next()), kTick);
    if (host_.clock.Now() + delay >= RetryDeadline()) break;
    display_.RetryScheduled(result_.status, delay);
    Sleep(delay);
    if (result_.signal != 0) break;
    display_.RetryStarted();
  }
  display_.Erase();
  result_.id = plan_.wait.id();
  return std::move(result_);
}

std::unique_ptr<UpdateStream> WaitSession::Open() {
  auto context = connection_.NewContext(plan_.deadline);
  return plan_.wait.id().empty()
             ? UpdateStream::CreateAndWait(connection_.stub(),
                                           std::move(context), *plan_.create)
             : UpdateStream::Wait(connection_.stub(), std::move(context),
                                  plan_.wait);
}

grpc::Status WaitSession::Follow(UpdateStream& stream) {
  while (true) {
    switch (stream.Next()) {
      case UpdateStream::Event::kEnd:
        return stream.status();
      case UpdateStream::Event::kTimeout:
        display_.Tick();
        break;
      case UpdateStream::Event::kUpdate:
        if (grpc::Status status = Apply(stream.update()); !status.ok()) {
          return status;
        }
        break;
    }
    result_.signal = host_.interrupt.Signal();
    if (result_.signal != 0) return grpc::Status::CANCELLED;
  }
}

grpc::Status WaitSession::Apply(const v1::PredictionUpdate& update) {
  result_.prediction = update.prediction();
  plan_.wait.set_id(update.prediction().id());
  backoff_.Reset();
  if (plan_.json) {
    const absl::StatusOr<std::string> json = RenderJson(update);
    if (!json.ok()) {
      return grpc::Status(grpc::StatusCode::INTERNAL,
                          std::string(json.status().message()));
    }
    display_.Erase();
    host_.console.out << *json << std::flush;
  }
  display_.Update(update);
  return grpc::Status::OK;
}

bool WaitSession::IsRetryable(const grpc::Status& status) const {
  // CANCELLED comes from the server here: gRPC servers return it for calls that
  // arrive after their shutdown begins and before the client notices.
  const bool transient = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::CANCELLED;
  return transient &&
         (!plan_.wait.id().empty() || DefinitelyNotCreated(status));
}

absl::Time WaitSession::RetryDeadline() const {
  if (plan_.deadline.has_value()) return *plan_.deadline;
  return result_.prediction.has_value() ? absl::InfiniteFuture()
                                        : start_ + kFirstUpdateTimeout;
}

void WaitSession::Sleep(absl::Duration delay) {
  const absl::Time until = host_.clock.Now() + delay;
  while (host_.clock.Now() < until) {
    result_.signal = host_.interrupt.Signal();
    if (result_.signal != 0) return;
    host_.clock.Sleep(std::min(until - host_.clock.Now(), kTick));
    display_.Tick();
  }
}

}  // namespace wriftai::client
