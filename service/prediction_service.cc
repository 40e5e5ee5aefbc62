#include "service/prediction_service.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpc/support/time.h"
#include "service/caller_token.h"
#include "service/grpc_status.h"
#include "service/page.h"
#include "service/payload_format.h"
#include "service/request_codec.h"
#include "service/translate.h"
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
            const grpc::ByteBuffer& bytes, const Scheduler& scheduler)
    -> absl::StatusOr<
        Accepted<typename decltype(CallFrom(Request()))::value_type>> {
  auto credential = CredentialFromMetadata(context.client_metadata());
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

}  // namespace

grpc::ServerUnaryReactor* PredictionService::Get(Context* context,
                                                 const Bytes* request,
                                                 Bytes* response) {
  Scheduler& scheduler = engine_.scheduler();
  auto accepted = Accept<v1::GetRequest>(*context, *request, scheduler);
  if (!accepted.ok()) return UnaryReactor::Fail(scheduler, accepted.status());
  return UnaryReactor::Run(
      scheduler,
      [this, response, get = *std::move(accepted)](
          UnaryReactor::Finish finish, absl::Status& refused) -> CallHandle {
        auto call_context = engine_.ContextFor(get.caller);
        refused = call_context.status();
        if (!refused.ok()) return nullptr;
        return engine_.client().Get(
            *std::move(call_context), get.call.id,
            Respond(get.call.format, response, std::move(finish)));
      });
}

grpc::ServerUnaryReactor* PredictionService::Create(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  Scheduler& scheduler = engine_.scheduler();
  auto accepted = Accept<v1::CreateRequest>(*context, *request, scheduler);
  if (!accepted.ok()) return UnaryReactor::Fail(scheduler, accepted.status());
  return UnaryReactor::Run(
      scheduler,
      [this, response, create = *std::move(accepted)](
          UnaryReactor::Finish finish,
          absl::Status& refused) mutable -> CallHandle {
        auto call_context = engine_.ContextFor(create.caller);
        refused = call_context.status();
        if (!refused.ok()) return nullptr;
        return engine_.Create(
            *std::move(call_context), std::move(create.call.request_id),
            std::move(create.call.params),
            Respond(create.call.format, response, std::move(finish)));
      });
}

grpc::ServerUnaryReactor* PredictionService::List(Context* context,
                                                  const Bytes* request,
                                                  Bytes* response) {
  Scheduler& scheduler = engine_.scheduler();
  auto accepted = Accept<v1::ListRequest>(*context, *request, scheduler);
  if (!accepted.ok()) return UnaryReactor::Fail(scheduler, accepted.status());
  return UnaryReactor::Run(
      scheduler,
      [this, response, list = *std::move(accepted)](
          UnaryReactor::Finish finish, absl::Status& refused) -> CallHandle {
        auto call_context = engine_.ContextFor(list.caller);
        refused = call_context.status();
        if (!refused.ok()) return nullptr;
        const auto credential = call_context->credential;
        const auto token = OpenPageToken(list.call.page_token, *credential);
        refused = token.status();
        if (!refused.ok()) return nullptr;
        const int page_size = list.call.page_size;
        return engine_.client().List(
            *std::move(call_context), FetchFor(*token, page_size),
            [=, token = *token, finish = std::move(finish)](
                absl::StatusOr<PredictionPage> page) mutable {
              const absl::Status status = page.status();
              if (status.ok()) {
                *response = Encode(
                    CutPage(*std::move(page), token, page_size, *credential));
              }
              finish(status);
            });
      });
}

grpc::ServerUnaryReactor* PredictionService::Cancel(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  Scheduler& scheduler = engine_.scheduler();
  auto accepted = Accept<v1::CancelRequest>(*context, *request, scheduler);
  if (!accepted.ok()) return UnaryReactor::Fail(scheduler, accepted.status());
  return UnaryReactor::Run(
      scheduler,
      [this, response, cancel = *std::move(accepted)](
          UnaryReactor::Finish finish, absl::Status& refused) -> CallHandle {
        auto call_context = engine_.ContextFor(cancel.caller);
        refused = call_context.status();
        if (!refused.ok()) return nullptr;
        return engine_.client().Cancel(*std::move(call_context), cancel.call.id,
                                       [response, finish = std::move(finish)](
                                           const absl::Status& status) mutable {
                                         if (status.ok()) {
                                           *response =
                                               Encode(v1::CancelResponse());
                                         }
                                         finish(status);
                                       });
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PredictionService::Wait(
    Context* context, const Bytes* request) {
  Scheduler& scheduler = engine_.scheduler();
  auto accepted = Accept<v1::WaitRequest>(*context, *request, scheduler);
  if (!accepted.ok()) return WaitReactor::Fail(scheduler, accepted.status());
  const v1::PayloadFormat format = accepted->call.format;
  return WaitReactor::Run(
      scheduler, format,
      [this, wait = *std::move(accepted)](WaitReactor& reactor) -> CallHandle {
        const auto call_context = engine_.ContextFor(wait.caller);
        absl::Status refused = call_context.status();
        refused.Update(engine_.AdmitWait());
        if (refused.ok()) {
          reactor.Subscribe(engine_.watches(), call_context->credential,
                            wait.call.id, engine_.Bounded(wait.call.options));
        } else {
          reactor.End(refused);
        }
        return nullptr;
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PredictionService::CreateAndWait(
    Context* context, const Bytes* request) {
  Scheduler& scheduler = engine_.scheduler();
  auto accepted =
      Accept<v1::CreateAndWaitRequest>(*context, *request, scheduler);
  if (!accepted.ok()) return WaitReactor::Fail(scheduler, accepted.status());
  const v1::PayloadFormat format = accepted->call.create.format;
  return WaitReactor::Run(
      scheduler, format,
      [this, both = *std::move(accepted)](
          WaitReactor& reactor) mutable -> CallHandle {
        auto call_context = engine_.ContextFor(both.caller);
        absl::Status refused = call_context.status();
        refused.Update(engine_.AdmitWait());
        if (!refused.ok()) {
          reactor.End(refused);
          return nullptr;
        }
        const auto credential = call_context->credential;
        return engine_.Create(
            *std::move(call_context), std::move(both.call.create.request_id),
            std::move(both.call.create.params),
            [this, &reactor, credential, options = both.call.options](
                absl::StatusOr<v1::Prediction> created) {
              if (!created.ok()) {
                reactor.End(PrefixFields(kCreatePrefix, created.status()));
                return;
              }
              std::string id = created->id();
              reactor.Subscribe(engine_.watches(), credential, std::move(id),
                                engine_.Bounded(options), *std::move(created));
            });
      });
}

}  // namespace wriftai
