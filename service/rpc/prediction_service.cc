#include "service/rpc/prediction_service.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "grpc/support/time.h"
#include "service/rpc/auth_metadata.h"
#include "service/rpc/grpc_status.h"
#include "service/rpc/page_token.h"
#include "service/rpc/received_request.h"
#include "service/rpc/request_codec.h"
#include "service/rpc/translate.h"
#include "service/rpc/update_codec.h"
#include "service/telemetry/call_record.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Converts gRPC's wall-clock deadline back to the duration that was on the
// wire, so clock steps do not move it. Does not use deadline(), whose
// nanoseconds overflow after the year 2262: some clients send such deadlines
// for "none".
absl::Time DeadlineOf(const grpc::CallbackServerContext& context,
                      const EventLoop& event_loop) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) {
    return absl::InfiniteFuture();
  }
  const gpr_timespec left =
      gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  return event_loop.Now() + absl::Seconds(left.tv_sec) +
         absl::Nanoseconds(left.tv_nsec);
}

// A generous bound for the headers of a call; gRPC accepts 8 KiB.
constexpr int64_t kMaxHeaderBytes = 16 << 10;

// Copies the identifying fields of a request to its record.
void Describe(const GetCall& call, CallRecord& record) {
  record.prediction_id = call.id;
}
void Describe(const CancelCall& call, CallRecord& record) {
  record.prediction_id = call.id;
}
void Describe(const WaitCall& call, CallRecord& record) {
  record.prediction_id = call.id;
}
void Describe(const ListCall&, CallRecord&) {}
void Describe(const CreateCall& call, CallRecord& record) {
  const ModelReference& model = call.params.model;
  record.model = absl::StrCat(model.owner, "/", model.name);
  if (model.version.has_value()) {
    absl::StrAppend(&record.model, ":", *model.version);
  }
}
void Describe(const CreateAndWaitCall& call, CallRecord& record) {
  Describe(call.create, record);
}

template <typename Request>
absl::StatusOr<ReceivedRequest<Request>> Accept(
    const grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes,
    absl::Time deadline, Engine& engine) {
  absl::StatusOr<std::shared_ptr<const Credential>> credential = nullptr;
  if (engine.credential_policy() != CredentialPolicy::kGateway) {
    credential = CredentialFromMetadata(context.client_metadata());
  }
  if (!credential.ok()) return credential.status();
  return Receive<Request>(engine, {*std::move(credential), deadline}, bytes);
}

// The context for upstream requests. Also records the credential.
absl::StatusOr<CallContext> ContextFor(Engine& engine, const Caller& caller,
                                       CallRecord& record) {
  auto context = engine.ContextFor(caller);
  if (!context.ok()) return context;
  record.credential = std::string(context->credential->display_name());
  context->trace = record.upstream;
  return context;
}

// Ends a unary call with `snapshot` once it is encoded. Returns the handle of
// the encoding, or null if the call has ended.
CallHandle RespondWith(const SnapshotPtr& snapshot, const std::string& owner,
                       v1::PayloadFormat format, Engine& engine,
                       grpc::ByteBuffer& response, UnaryReactor& reactor) {
  reactor.record().prediction_id = snapshot->prediction.id();
  PredictionEncoder& encoder = engine.encoder();
  if (const auto bytes = encoder.Find(*snapshot, format)) {
    reactor.End(BufferOf(bytes), response);
    return nullptr;
  }
  return encoder.Encode(
      owner, snapshot, format,
      [&response,
       &reactor](const absl::StatusOr<PredictionEncoder::Bytes>& bytes) {
        if (bytes.ok()) {
          reactor.End(BufferOf(*bytes), response);
        } else {
          reactor.End(bytes.status());
        }
      });
}

// A callback that ends a unary call with the snapshot of an engine call.
Engine::GetDone Respond(std::string owner, v1::PayloadFormat format,
                        Engine& engine, grpc::ByteBuffer& response,
                        UnaryReactor& reactor) {
  return [owner = std::move(owner), format, &engine, &response,
          &reactor](const absl::StatusOr<SnapshotPtr>& snapshot) {
    if (!snapshot.ok()) {
      reactor.End(snapshot.status());
      return;
    }
    reactor.Continue(
        RespondWith(*snapshot, owner, format, engine, response, reactor));
  };
}

v1::PayloadFormat FormatOf(const WaitCall& call) { return call.format; }
v1::PayloadFormat FormatOf(const CreateAndWaitCall& call) {
  return call.create.format;
}

// The record of a call, and its request or the error that rejected it.
template <typename Request>
struct StartedCall {
  CallRecord record;
  absl::StatusOr<ReceivedRequest<Request>> received;
};

// The start of every call, on gRPC's thread.
template <typename Request>
StartedCall<Request> StartCall(CallMethod method, Engine& engine,
                               DeliveredBytes* delivered,
                               grpc::CallbackServerContext& context,
                               const grpc::ByteBuffer& request) {
  if (delivered != nullptr) {
    delivered->Add(context.peer(),
                   kMaxHeaderBytes + static_cast<int64_t>(request.Length()));
  }
  EventLoop& event_loop = engine.event_loop();
  const absl::Time deadline = DeadlineOf(context, event_loop);
  StartedCall<Request> started{
      MakeCallRecord(method, request, deadline, event_loop, context),
      Accept<Request>(context, request, deadline, engine)};
  if (started.received.ok() && started.received->call.has_value()) {
    Describe(*started.received->call, started.record);
  }
  return started;
}

// Runs `next` with the decoded request, after decoding it if necessary.
template <typename Request, typename Reactor, typename Next>
CallHandle AfterReading(Engine& engine, ReceivedRequest<Request> received,
                        Reactor& reactor, Next next) {
  if (received.call.has_value()) return next(std::move(received), reactor);
  return FinishReading<Request>(
      engine, std::move(received),
      [&reactor, next = std::move(next)](
          absl::StatusOr<ReceivedRequest<Request>> read) mutable {
        if (!read.ok()) return reactor.End(read.status());
        Describe(*read->call, reactor.record());
        reactor.Continue(next(*std::move(read), reactor));
      });
}

// Ends a call that was reset or half-closed before its message arrived. Makes
// no record, since there may be thousands of these a second.
template <typename Reactor>
class NoMessageReactor : public Reactor {
 public:
  NoMessageReactor() {
    static const auto& status = *new grpc::Status(ToGrpcStatus(
        GatewayError(absl::StatusCode::kInvalidArgument, v1::INVALID_MESSAGE,
                     "the call ended without a request message")));
    this->Finish(status);
  }

 private:
  void OnDone() override { delete this; }
};

// Runs a unary call: validates it on this thread, then runs `work` on the loop.
template <typename Request, typename Work>
grpc::ServerUnaryReactor* RunUnary(CallMethod method, Engine& engine,
                                   CallRecorder& recorder,
                                   DeliveredBytes* delivered,
                                   grpc::CallbackServerContext& context,
                                   const grpc::ByteBuffer& request, Work work) {
  if (!request.Valid()) return new NoMessageReactor<grpc::ServerUnaryReactor>;
  auto started =
      StartCall<Request>(method, engine, delivered, context, request);
  if (!started.received.ok()) {
    return UnaryReactor::Fail(engine.event_loop(), recorder,
                              std::move(started.record),
                              started.received.status());
  }
  auto start = [&engine, work = std::move(work)](
                   ReceivedRequest<Request> received,
                   UnaryReactor& reactor) mutable -> CallHandle {
    auto call_context = ContextFor(engine, received.caller, reactor.record());
    if (!call_context.ok()) {
      reactor.End(call_context.status());
      return nullptr;
    }
    call_context->memory = std::move(received.memory);
    return work(*std::move(call_context), *std::move(received.call), reactor);
  };
  return UnaryReactor::Run(
      engine.event_loop(), recorder, std::move(started.record),
      [&engine, start = std::move(start),
       received = *std::move(started.received)](UnaryReactor& reactor) mutable {
        return AfterReading<Request>(engine, std::move(received), reactor,
                                     std::move(start));
      });
}

// Runs a waiting stream: validates it on this thread, then runs `begin` on the
// loop.
template <typename Request, typename Begin>
grpc::ServerWriteReactor<grpc::ByteBuffer>* RunWait(
    CallMethod method, Engine& engine, CallRecorder& recorder,
    DeliveredBytes* delivered, grpc::CallbackServerContext& context,
    const grpc::ByteBuffer& request, Begin begin) {
  if (!request.Valid()) {
    return new NoMessageReactor<grpc::ServerWriteReactor<grpc::ByteBuffer>>;
  }
  auto started =
      StartCall<Request>(method, engine, delivered, context, request);
  if (!started.received.ok()) {
    return WaitReactor::Fail(engine.event_loop(), recorder,
                             std::move(started.record),
                             started.received.status());
  }
  auto start = [&engine, begin = std::move(begin)](
                   ReceivedRequest<Request> received,
                   WaitReactor& reactor) mutable -> CallHandle {
    auto call_context = ContextFor(engine, received.caller, reactor.record());
    if (!call_context.ok()) {
      reactor.End(call_context.status());
      return nullptr;
    }
    auto slot = engine.AcquireWaitSlot(*call_context->credential);
    if (!slot.ok()) {
      reactor.End(slot.status());
      return nullptr;
    }
    reactor.HoldSlot(*std::move(slot));
    reactor.EncodeWith(engine.encoder(), FormatOf(*received.call),
                       call_context->credential->key());
    call_context->memory = std::move(received.memory);
    return begin(*std::move(call_context), *std::move(received.call), reactor);
  };
  return WaitReactor::Run(
      engine.event_loop(), recorder, std::move(started.record),
      [&engine, start = std::move(start),
       received = *std::move(started.received)](WaitReactor& reactor) mutable {
        return AfterReading<Request>(engine, std::move(received), reactor,
                                     std::move(start));
      });
}

}  // namespace

grpc::ServerUnaryReactor* PredictionService::Get(Context* context,
                                                 const Bytes* request,
                                                 Bytes* response) {
  return RunUnary<v1::GetRequest>(
      CallMethod::kGet, engine_, recorder_, delivered_, *context, *request,
      [this, response](CallContext call_context, GetCall call,
                       UnaryReactor& reactor) {
        std::string owner = call_context.credential->key();
        if (const SnapshotPtr ended = engine_.Ended(call_context, call.id)) {
          return RespondWith(ended, owner, call.format, engine_, *response,
                             reactor);
        }
        return engine_.Get(std::move(call_context), std::move(call.id),
                           Respond(std::move(owner), call.format, engine_,
                                   *response, reactor));
      });
}

grpc::ServerUnaryReactor* PredictionService::Create(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  return RunUnary<v1::CreateRequest>(
      CallMethod::kCreate, engine_, recorder_, delivered_, *context, *request,
      [this, response](CallContext call_context, CreateCall call,
                       UnaryReactor& reactor) {
        std::string owner = call_context.credential->key();
        return engine_.Create(
            std::move(call_context), call.request_id, std::move(call.params),
            [this, respond = Respond(std::move(owner), call.format, engine_,
                                     *response, reactor)](
                absl::StatusOr<v1::Prediction> created) mutable {
              if (!created.ok()) return respond(created.status());
              respond(engine_.watches().SnapshotOf(*std::move(created),
                                                   v1::SOURCE_CREATE));
            });
      });
}

grpc::ServerUnaryReactor* PredictionService::List(Context* context,
                                                  const Bytes* request,
                                                  Bytes* response) {
  return RunUnary<v1::ListRequest>(
      CallMethod::kList, engine_, recorder_, delivered_, *context, *request,
      [this, response](CallContext call_context, const ListCall& call,
                       UnaryReactor& reactor) -> CallHandle {
        const auto credential = call_context.credential;
        const auto token = OpenPageToken(call.page_token, *credential);
        if (!token.ok()) {
          reactor.End(token.status());
          return nullptr;
        }
        return engine_.List(
            std::move(call_context), FetchFor(*token, call.page_size),
            [response, credential, token = *token, page_size = call.page_size,
             &reactor](absl::StatusOr<PredictionPage> page) {
              if (!page.ok()) {
                reactor.End(page.status());
                return;
              }
              reactor.End(Encode(CutPage(*std::move(page), token, page_size,
                                         *credential)),
                          *response);
            });
      });
}

grpc::ServerUnaryReactor* PredictionService::Cancel(Context* context,
                                                    const Bytes* request,
                                                    Bytes* response) {
  return RunUnary<v1::CancelRequest>(
      CallMethod::kCancel, engine_, recorder_, delivered_, *context, *request,
      [this, response](CallContext call_context, CancelCall call,
                       UnaryReactor& reactor) {
        return engine_.client().Cancel(
            std::move(call_context), std::move(call.id),
            [response, &reactor](const absl::Status& status) {
              if (!status.ok()) {
                reactor.End(status);
                return;
              }
              reactor.End(Encode(v1::CancelResponse()), *response);
            });
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PredictionService::Wait(
    Context* context, const Bytes* request) {
  return RunWait<v1::WaitRequest>(
      CallMethod::kWait, engine_, recorder_, delivered_, *context, *request,
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
      CallMethod::kCreateAndWait, engine_, recorder_, delivered_, *context,
      *request,
      [this](CallContext call_context, CreateAndWaitCall call,
             WaitReactor& reactor) {
        const auto credential = call_context.credential;
        return engine_.Create(
            std::move(call_context), call.create.request_id,
            std::move(call.create.params),
            [this, &reactor, credential,
             options = call.options](absl::StatusOr<v1::Prediction> created) {
              if (!created.ok()) {
                reactor.End(PrefixFields(kCreatePrefix, created.status()));
                return;
              }
              const std::string id = created->id();
              reactor.record().prediction_id = id;
              const SnapshotPtr known = engine_.watches().SnapshotOf(
                  *std::move(created), v1::SOURCE_CREATE);
              // A paid prediction's id is returned even while draining.
              const absl::Status draining = engine_.CheckServing();
              if (!draining.ok()) {
                reactor.EndAfter(known, draining);
                return;
              }
              reactor.Subscribe(engine_.watches(), credential, id,
                                engine_.Bounded(options), known);
            });
      });
}

}  // namespace wriftai
