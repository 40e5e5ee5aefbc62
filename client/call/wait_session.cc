#include "client/call/wait_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/call/retry_rules.h"
#include "client/output/error_details.h"
#include "client/output/render.h"

namespace wriftai::client {

WaitSession::WaitSession(Connection& connection, Host& host, WaitPlan plan)
    : connection_(connection),
      host_(host),
      plan_(std::move(plan)),
      start_(host.clock.Now()),
      retries_(host),
      display_(host.console, host.clock,
               plan_.create.has_value() ? "creating" : "connecting",
               plan_.progress) {}

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
      failed_here_ = true;
      result_.status =
          grpc::Status(grpc::StatusCode::INTERNAL,
                       "the stream ended before the prediction did");
    }
    if (!IsRetryable(result_.status)) break;
    const std::optional<absl::Duration> delay =
        retries_.DelayAfter(result_.status, RetryDeadline());
    if (!delay.has_value()) break;
    display_.RetryScheduled(result_.status, *delay);
    if (!retries_.Sleep(*delay, [this] { display_.Tick(); })) {
      result_.signal = host_.interrupt.Signal();
      break;
    }
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
    if (HasNotBegunInTime()) {
      failed_here_ = true;
      return grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                          absl::StrCat("no update within ",
                                       absl::FormatDuration(BeginTimeout())));
    }
  }
}

grpc::Status WaitSession::Apply(const v1::PredictionUpdate& update) {
  result_.prediction = update.prediction();
  plan_.wait.set_id(update.prediction().id());
  retries_.Reset();
  if (plan_.json) {
    const absl::StatusOr<std::string> json = RenderJson(update);
    if (!json.ok()) {
      failed_here_ = true;
      return grpc::Status(grpc::StatusCode::INTERNAL,
                          std::string(json.status().message()));
    }
    display_.Erase();
    if (!(host_.console.out << *json << std::flush)) {
      result_.output_failed = true;
      failed_here_ = true;
      return grpc::Status::CANCELLED;
    }
  }
  display_.Update(update);
  return grpc::Status::OK;
}

bool WaitSession::IsRetryable(const grpc::Status& status) const {
  if (failed_here_) return false;
  return plan_.wait.id().empty() ? MayCreateAgain(status)
                                 : MayWaitAgain(status);
}

bool WaitSession::HasNotBegunInTime() const {
  if (plan_.create.has_value() || plan_.deadline.has_value() ||
      result_.prediction.has_value()) {
    return false;
  }
  return host_.clock.Now() - start_ >= BeginTimeout();
}

absl::Duration WaitSession::BeginTimeout() const {
  return std::max(kFirstUpdateTimeout,
                  plan_.retry_for.value_or(absl::ZeroDuration()));
}

absl::Time WaitSession::RetryDeadline() const {
  const absl::Time deadline = plan_.deadline.value_or(absl::InfiniteFuture());
  if (result_.prediction.has_value()) return deadline;
  if (plan_.retry_for.has_value()) {
    return std::min(deadline, start_ + *plan_.retry_for);
  }
  return plan_.deadline.has_value() ? deadline : start_ + kFirstUpdateTimeout;
}

}  // namespace wriftai::client
