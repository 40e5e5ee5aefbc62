#include "service/calls/prediction_service.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpc/support/time.h"
#include "service/calls/caller_token.h"
#include "service/calls/grpc_status.h"
#include "service/calls/page.h"
#include "service/calls/payload_format.h"
#include "service/calls/request_codec.h"
#include "service/calls/translate.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// The deadline is a point of the wall clock in gRPC, and a duration on the
// wire; it goes on as a duration, so that a step of the clock does not move it.
// Not by deadline(): its nanoseconds overflow for one after 2262, which is what
// clients send that want none.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context,
                      const Scheduler& scheduler) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) {
    return absl::InfiniteFuture();
  }
  const gpr_timespec left =
      gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  return scheduler.Now() + absl::Seconds(left.tv_sec) +
         absl::Nanoseconds(left.tv_nsec);
}

// A request that has passed every check that needs no state.
template <typename Call>
struct Accepted {
  Caller caller;
  Call call;
};

template <typename Request>
auto Accept(const grpc::CallbackServerContext& context,
            const grpc::ByteBuffer& bytes, const Scheduler& scheduler,
            CredentialPolicy policy)
    -> absl::StatusOr<
        Accepted<typename decltype(CallFrom(Request()))::value_type>> {
  absl::StatusOr<std::shared_ptr<const Credential>> credential = nullptr;
  if (policy != CredentialPolicy::kGateway) {
    credential = CredentialFromMetadata(context.client_metadata());
  }
  if (!credential.ok()) return credential.status();
  const auto request = Decode<Request>(bytes);
  if (!request.ok()) return request.status();
  auto call = CallFrom(*request);
  if (!call.ok()) return call.status();
  return Accepted<typename decltype(CallFrom(Request()))::value_type>{
      {*std::move(credential), DeadlineOf(context, scheduler)},
      *std::move(call)};
}

// What is left to do with a prediction that a unary call returns.
PredictionClient::PredictionDone Respond(v1::PayloadFormat format,
                                         grpc::ByteBuffer* response,
                                         UnaryReactor::Finish finish) {
  return [=, finish = std::move(finish)](
             absl::StatusOr<v1::Prediction> prediction) mutable {
    if (prediction.ok()) {
      FormatPayloads(format, *prediction);
      *response = Encode(*prediction);
    }
    finish(prediction.status());
  };
}

v1::PayloadFormat FormatOf(const WaitCall& call) { return call.format; }
v1::PayloadFormat FormatOf(const CreateAndWaitCall& call) {
  return call.create.format;
}

// A unary call: checked on this thread, then done by `work` on the loop.
template <typename Request, typename Work>
UnaryReactor* RunUnary(Engine& engine,
                       const grpc::CallbackServerContext& context,
                       const grpc::ByteBuffer& request, Work work) {
  Scheduler& scheduler = engine.scheduler();
  auto accepted =
      Accept<Request>(context, request, scheduler, engine.credential_policy());
  if (!accepted.ok()) return UnaryReactor::Fail(scheduler, accepted.status());
  return UnaryReactor::Run(
      scheduler,
      [&engine, work = std::move(work), accepted = *std::move(accepted)](
          UnaryReactor::Finish finish,
          absl::Status& refused) mutable -> CallHandle {
        auto call_context = engine.ContextFor(accepted.caller);
        refused = call_context.status();
        if (!refused.ok()) return nullptr;
        return work(*std::move(call_context), std::move(accepted.call),
                    std::move(finish), refused);
      });
}

// A waiting stream: checked on this thread, then begun by `begin` on the loop.
template <typename Request, typename Begin>
WaitReactor* RunWait(Engine& engine, const grpc::CallbackServerContext& context,
                     const grpc::ByteBuffer& request, Begin begin) {
  Scheduler& scheduler = engine.scheduler();
  auto accepted =
      Accept<Request>(context, request, scheduler, engine.credential_policy());
  OpenStreams& streams = engine.streams();
  if (!accepted.ok()) {
    return WaitReactor::Fail(scheduler, streams, accepted.status());
  }
  const v1::PayloadFormat format = FormatOf(accepted->call);
  return WaitReactor::Run(
      scheduler, streams, format,
      [&engine, begin = std::move(begin), accepted = *std::move(accepted)](
          WaitReactor& reactor) mutable -> CallHandle {
        auto call_context = engine.ContextFor(accepted.caller);
        absl::Status refused = call_context.status();
        refused.Update(engine.AdmitWait());
        if (!refused.ok()) {
          reactor.End(refused);
          return nullptr;
        }
        return begin(*std::move(call_context), std::move(accepted.call),
                     reactor);
      });
}

}  // namespace

grpc::ServerUnaryReactor* PredictionService::Get(Context* context,
                                                 const Bytes* request,
                                                 Bytes* response) {
  return RunUnary<v1::GetRequest>(
      engine_, *context, *request,
      [this, response](CallContext call_context, GetCall call,
                       UnaryReactor::Finish finish, absl::Status&) {
        return engine_.Get(std::move(call_context), std::move(call.id),
                           Respond(call.format, response, std::move(finish)));
      });
}

grpc::ServerUnaryReactor* PredictionService::Create(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  return RunUnary<v1::CreateRequest>(
      engine_, *context, *request,
      [this, response](CallContext call_context, CreateCall call,
                       UnaryReactor::Finish finish, absl::Status&) {
        return engine_.Create(
            std::move(call_context), std::move(call.request_id),
            std::move(call.params),
            Respond(call.format, response, std::move(finish)));
      });
}

grpc::ServerUnaryReactor* PredictionService::List(Context* context,
                                                  const Bytes* request,
                                                  Bytes* response) {
  return RunUnary<v1::ListRequest>(
      engine_, *context, *request,
      [this, response](CallContext call_context, const ListCall& call,
                       UnaryReactor::Finish finish,
                       absl::Status& refused) -> CallHandle {
        const auto credential = call_context.credential;
        const auto token = OpenPageToken(call.page_token, *credential);
        refused = token.status();
        if (!refused.ok()) return nullptr;
        return engine_.List(
            std::move(call_context), FetchFor(*token, call.page_size),
            [response, credential, token = *token, page_size = call.page_size,
             finish = std::move(finish)](
                absl::StatusOr<PredictionPage> page) mutable {
              if (!page.ok()) {
                finish(page.status());
                return;
              }
              *response = Encode(
                  CutPage(*std::move(page), token, page_size, *credential));
              finish(absl::OkStatus());
            });
      });
}

grpc::ServerUnaryReactor* PredictionService::Cancel(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  return RunUnary<v1::CancelRequest>(
      engine_, *context, *request,
      [this, response](CallContext call_context, CancelCall call,
                       UnaryReactor::Finish finish, absl::Status&) {
        return engine_.client().Cancel(
            std::move(call_context), std::move(call.id),
            [response,
             finish = std::move(finish)](const absl::Status& status) mutable {
              if (status.ok()) *response = Encode(v1::CancelResponse());
              finish(status);
            });
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PredictionService::Wait(
    Context* context, const Bytes* request) {
  return RunWait<v1::WaitRequest>(
      engine_, *context, *request,
      [this](const CallContext& call_context, WaitCall call,
             WaitReactor& reactor) {
        reactor.Subscribe(engine_.watches(), call_context.credential,
                          std::move(call.id), engine_.Bounded(call.options));
        return CallHandle();
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PredictionService::CreateAndWait(
    Context* context, const Bytes* request) {
  return RunWait<v1::CreateAndWaitRequest>(
      engine_, *context, *request,
      [this](CallContext call_context, CreateAndWaitCall call,
             WaitReactor& reactor) {
        const auto credential = call_context.credential;
        return engine_.Create(
            std::move(call_context), std::move(call.create.request_id),
            std::move(call.create.params),
            [this, &reactor, credential,
             options = call.options](absl::StatusOr<v1::Prediction> created) {
              if (!created.ok()) {
                reactor.End(PrefixFields(kCreatePrefix, created.status()));
                return;
              }
              const std::string id = created->id();
              const SnapshotPtr known = engine_.watches().SnapshotOf(
                  *std::move(created), v1::SOURCE_CREATE);
              // Whoever has paid for it gets its id, also while draining.
              if (absl::Status draining = engine_.AdmitWait(); !draining.ok()) {
                reactor.EndAfter(known, draining);
                return;
              }
              reactor.Subscribe(engine_.watches(), credential, id,
                                engine_.Bounded(options), known);
            });
      });
}

}  // namespace wriftai
