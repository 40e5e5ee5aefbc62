#include "service/replica/measured_calls.h"

#include <utility>

namespace wriftai {

const char* NameOf(ForwardedMethod method) {
  switch (method) {
    case ForwardedMethod::kGet:
      return "Get";
    case ForwardedMethod::kList:
      return "List";
    case ForwardedMethod::kCancel:
      return "Cancel";
    case ForwardedMethod::kCreate:
      return "Create";
  }
  return "";
}

template <typename Result>
absl::AnyInvocable<void(absl::StatusOr<Result>)> MeasuredCalls::Measured(
    ForwardedMethod method,
    absl::AnyInvocable<void(absl::StatusOr<Result>)> done) {
  return [this, method, sent_at = event_loop_.Now(),
          done = std::move(done)](absl::StatusOr<Result> result) mutable {
    Count(method, sent_at, result.status().code());
    done(std::move(result));
  };
}

void MeasuredCalls::Count(ForwardedMethod method, absl::Time sent_at,
                          absl::StatusCode code) {
  ForwardedCallStats& stats = stats_[static_cast<size_t>(method)];
  stats.duration.Add(event_loop_.Now() - sent_at);
  ++stats.codes[code];
}

CallHandle MeasuredCalls::Get(CallContext context, std::string id,
                              PredictionDone done) {
  return calls_.Get(std::move(context), std::move(id),
                    Measured(ForwardedMethod::kGet, std::move(done)));
}

CallHandle MeasuredCalls::List(CallContext context, ListParams params,
                               PageDone done) {
  return calls_.List(std::move(context), std::move(params),
                     Measured(ForwardedMethod::kList, std::move(done)));
}

CallHandle MeasuredCalls::Cancel(CallContext context, const std::string& id,
                                 CancelDone done) {
  return calls_.Cancel(std::move(context), id,
                       [this, sent_at = event_loop_.Now(),
                        done = std::move(done)](absl::Status status) mutable {
                         Count(ForwardedMethod::kCancel, sent_at,
                               status.code());
                         done(std::move(status));
                       });
}

CallHandle MeasuredCalls::Create(CallContext context,
                                 const std::string& request_id,
                                 CreateParams params, PredictionDone done) {
  return calls_.Create(std::move(context), request_id, std::move(params),
                       Measured(ForwardedMethod::kCreate, std::move(done)));
}

}  // namespace wriftai
