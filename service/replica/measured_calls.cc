#include "service/replica/measured_calls.h"

#include <utility>

#include "service/replica/measured.h"
#include "upstream/error_details.h"

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
absl::AnyInvocable<void(Result)> MeasuredCalls::Counted(
    ForwardedMethod method, absl::AnyInvocable<void(Result)> done) {
  return Measured(
      event_loop_,
      [&stats = stats_[static_cast<size_t>(method)]](
          absl::Duration duration, const absl::Status& status) {
        if (!status.ok() && ReasonOf(status) == v1::NOT_OWNER) return;
        stats.duration.Add(duration);
        ++stats.codes[status.code()];
      },
      std::move(done));
}

CallHandle MeasuredCalls::Get(CallContext context, std::string id,
                              PredictionDone done) {
  return calls_.Get(std::move(context), std::move(id),
                    Counted(ForwardedMethod::kGet, std::move(done)));
}

CallHandle MeasuredCalls::List(CallContext context, ListParams params,
                               PageDone done) {
  return calls_.List(std::move(context), std::move(params),
                     Counted(ForwardedMethod::kList, std::move(done)));
}

CallHandle MeasuredCalls::Cancel(CallContext context, const std::string& id,
                                 CancelDone done) {
  return calls_.Cancel(std::move(context), id,
                       Counted(ForwardedMethod::kCancel, std::move(done)));
}

CallHandle MeasuredCalls::Create(CallContext context,
                                 const std::string& request_id,
                                 CreateParams params, PredictionDone done) {
  return calls_.Create(std::move(context), request_id, std::move(params),
                       Counted(ForwardedMethod::kCreate, std::move(done)));
}

}  // namespace wriftai
