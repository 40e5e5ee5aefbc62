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
  streams_.AddMethod(PathOf<v1::WaitRequest>(), [this](AcceptedStream stream) {
    RunWait(std::move(stream));
  });
  streams_.AddMethod(
      PathOf<v1::CreateAndWaitRequest>(),
      [this](AcceptedStream stream) { RunCreateAndWait(std::move(stream)); });
}

grpc::ServerUnaryReactor* PredictionService::Get(Context* context,
                                                 const Bytes* request,
                                                 Bytes* response) {
  return runner_.RunUnary<v1::GetRequest>(
      *context, *request, *response,
      [this](CallContext upstream, GetCall call, UnaryReactor& reactor) {
        return engine_.Get(std::move(upstream), std::move(call.id),
                           EndOf(reactor));
      });
}

grpc::ServerUnaryReactor* PredictionService::Create(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  return runner_.RunUnary<v1::CreateRequest>(
      *context, *request, *response,
      [this](CallContext upstream, CreateCall call, UnaryReactor& reactor) {
        return engine_.Create(std::move(upstream), call.request_id,
                              std::move(call.params), EndOf(reactor));
      });
}

grpc::ServerUnaryReactor* PredictionService::List(Context* context,
                                                  const Bytes* request,
                                                  Bytes* response) {
  return runner_.RunUnary<v1::ListRequest>(
      *context, *request, *response,
      [this](CallContext upstream, const ListCall& call,
             UnaryReactor& reactor) -> absl::StatusOr<CallHandle> {
        const auto credential = upstream.credential;
        const auto token = OpenPageToken(call.page_token, *credential);
        if (!token.ok()) return token.status();
        return engine_.List(
            std::move(upstream), FetchFor(*token, call.page_size),
            [credential, token = *token, page_size = call.page_size,
             &reactor](absl::StatusOr<PredictionPage> page) {
              if (!page.ok()) return reactor.End(page.status());
              reactor.End(Encode(
                  CutPage(*std::move(page), token, page_size, *credential)));
            });
      });
}

grpc::ServerUnaryReactor* PredictionService::Cancel(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  return runner_.RunUnary<v1::CancelRequest>(
      *context, *request, *response,
      [this](CallContext upstream, const CancelCall& call,
             UnaryReactor& reactor) {
        return engine_.Cancel(std::move(upstream), call.id,
                              [&reactor](const absl::Status& status) {
                                if (!status.ok()) return reactor.End(status);
                                reactor.End(Encode(v1::CancelResponse()));
                              });
      });
}

void PredictionService::RunWait(AcceptedStream stream) {
  runner_.RunStream<v1::WaitRequest>(
      std::move(stream),
      [this](const CallContext& upstream, WaitCall call, WaitReactor& reactor) {
        return engine_.Wait(upstream, std::move(call.id), call.options,
                            reactor);
      });
}

void PredictionService::RunCreateAndWait(AcceptedStream stream) {
  runner_.RunStream<v1::CreateAndWaitRequest>(
      std::move(stream), [this](CallContext upstream, CreateAndWaitCall call,
                                WaitReactor& reactor) {
        return engine_.CreateAndWait(std::move(upstream), call.request_id,
                                     std::move(call.params), call.options,
                                     reactor);
      });
}

}  // namespace wriftai
