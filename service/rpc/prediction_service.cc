#include "service/rpc/prediction_service.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "service/rpc/page_token.h"
#include "service/rpc/request_codec.h"
#include "service/rpc/translate.h"
#include "service/telemetry/call_method.h"

namespace wriftai {
namespace {

// A callback that ends `reactor` with the prediction of an engine call.
Engine::SnapshotDone EndOf(UnaryReactor& reactor) {
  return [&reactor](const absl::StatusOr<SnapshotPtr>& prediction) {
    reactor.End(prediction);
  };
}

template <typename Request>
std::string PathOf() {
  return absl::StrCat("/", FullName(MethodOf<Request>()));
}

}  // namespace

PredictionService::PredictionService(Engine& engine, CallRecorder& recorder,
                                     DeliveredBytes* delivered,
                                     ForwardedCallGate* gate)
    : engine_(engine), runner_(engine, recorder, delivered, gate) {
  Serve<v1::GetRequest>(&PredictionService::Get);
  Serve<v1::CreateRequest>(&PredictionService::Create);
  Serve<v1::ListRequest>(&PredictionService::List);
  Serve<v1::CancelRequest>(&PredictionService::Cancel);
  Serve<v1::WaitRequest>(&PredictionService::Wait);
  Serve<v1::CreateAndWaitRequest>(&PredictionService::CreateAndWait);
}

template <typename Request, typename Step, typename Call, typename Reactor>
void PredictionService::Serve(Step (PredictionService::*handler)(CallContext,
                                                                 Call,
                                                                 Reactor&)) {
  calls_.AddMethod(PathOf<Request>(), [this, handler](AcceptedCall accepted) {
    runner_.Run<Request, Reactor>(
        std::move(accepted),
        [this, handler](CallContext upstream, Call call, Reactor& reactor) {
          return (this->*handler)(std::move(upstream), std::forward<Call>(call),
                                  reactor);
        });
  });
}

PredictionService::UnaryStep PredictionService::Get(CallContext upstream,
                                                    GetCall call,
                                                    UnaryReactor& reactor) {
  return engine_.Get(std::move(upstream), std::move(call.id), EndOf(reactor));
}

PredictionService::UnaryStep PredictionService::Create(CallContext upstream,
                                                       CreateCall call,
                                                       UnaryReactor& reactor) {
  return engine_.Create(std::move(upstream), call.request_id,
                        std::move(call.params), EndOf(reactor));
}

PredictionService::UnaryStep PredictionService::List(CallContext upstream,
                                                     const ListCall& call,
                                                     UnaryReactor& reactor) {
  const auto credential = upstream.credential;
  auto token = OpenPageToken(call.page_token, *credential);
  if (!token.ok()) return token.status();
  ListParams fetch = FetchFor(*token, call.page_size);
  return engine_.List(
      std::move(upstream), std::move(fetch),
      [credential, token = *std::move(token), page_size = call.page_size,
       &reactor](absl::StatusOr<PredictionPage> page) {
        if (!page.ok()) return reactor.End(page.status());
        reactor.End(
            Encode(CutPage(*std::move(page), token, page_size, *credential)));
      });
}

PredictionService::UnaryStep PredictionService::Cancel(CallContext upstream,
                                                       const CancelCall& call,
                                                       UnaryReactor& reactor) {
  return engine_.Cancel(std::move(upstream), call.id,
                        [&reactor](const absl::Status& status) {
                          if (!status.ok()) return reactor.End(status);
                          reactor.End(Encode(v1::CancelResponse()));
                        });
}

PredictionService::WaitStep PredictionService::Wait(CallContext upstream,
                                                    WaitCall call,
                                                    WaitReactor& reactor) {
  return engine_.Wait(upstream, std::move(call.id), call.options, reactor);
}

PredictionService::WaitStep PredictionService::CreateAndWait(
    CallContext upstream, CreateAndWaitCall call, WaitReactor& reactor) {
  return engine_.CreateAndWait(std::move(upstream), call.request_id,
                               std::move(call.params), call.options, reactor);
}

}  // namespace wriftai
