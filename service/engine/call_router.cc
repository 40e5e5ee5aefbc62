#include "service/engine/call_router.h"

#include <memory>

namespace wriftai {

template <typename Result>
CallHandle CallRouter::Start(CallContext context, Repeat repeat,
                             typename RoutedCall<Result>::Step here,
                             typename RoutedCall<Result>::Step forward,
                             typename RoutedCall<Result>::Done done) {
  auto call = std::make_unique<RoutedCall<Result>>(
      event_loop_, hooks_.ownership, calls_, std::move(context), repeat,
      std::move(here), std::move(forward), std::move(done));
  call->Start();
  return call;
}

CallHandle CallRouter::Get(CallContext context, std::string id,
                           PredictionDone done) {
  const auto get = [id = std::move(id)](OwnerCalls& calls) {
    return [&calls, id](CallContext step, PredictionDone step_done) {
      return calls.Get(std::move(step), id, std::move(step_done));
    };
  };
  return Start<absl::StatusOr<v1::Prediction>>(
      std::move(context), Repeat::kAlways, get(here_), get(hooks_.calls),
      std::move(done));
}

CallHandle CallRouter::List(CallContext context, ListParams params,
                            PageDone done) {
  const auto list = [params = std::move(params)](OwnerCalls& calls) {
    return [&calls, params](CallContext step, PageDone step_done) {
      return calls.List(std::move(step), params, std::move(step_done));
    };
  };
  return Start<absl::StatusOr<PredictionPage>>(
      std::move(context), Repeat::kAlways, list(here_), list(hooks_.calls),
      std::move(done));
}

CallHandle CallRouter::Cancel(CallContext context, const std::string& id,
                              CancelDone done) {
  const auto cancel = [id](OwnerCalls& calls) {
    return [&calls, id](CallContext step, CancelDone step_done) {
      return calls.Cancel(std::move(step), id, std::move(step_done));
    };
  };
  return Start<absl::Status>(std::move(context), Repeat::kNever, cancel(here_),
                             cancel(hooks_.calls), std::move(done));
}

CallHandle CallRouter::Create(CallContext context,
                              const std::string& request_id,
                              CreateParams params, PredictionDone done) {
  const auto credential = context.credential;
  // Shared by the steps, since an input may have 16 MiB.
  const auto shared = std::make_shared<const CreateParams>(std::move(params));
  return Start<absl::StatusOr<v1::Prediction>>(
      std::move(context),
      request_id.empty() ? Repeat::kIfUnsent : Repeat::kAlways,
      [this, shared, request_id](CallContext step, PredictionDone step_done) {
        return here_.Create(std::move(step), request_id, *shared,
                            std::move(step_done));
      },
      [this, shared, request_id, credential](CallContext step,
                                             PredictionDone step_done) {
        return hooks_.calls.Create(
            std::move(step), request_id, *shared,
            [this, credential, step_done = std::move(step_done)](
                absl::StatusOr<v1::Prediction> created) mutable {
              if (created.ok()) on_forwarded_create_(*credential, *created);
              step_done(std::move(created));
            });
      },
      std::move(done));
}

void CallRouter::AbortAll(const std::function<absl::Status()>& unsent) const {
  // A result may start or drop other calls.
  const auto calls = calls_.calls;
  for (const auto& [number, call] : calls) {
    if (calls_.calls.count(number) > 0) call->Abort(unsent());
  }
}

}  // namespace wriftai
