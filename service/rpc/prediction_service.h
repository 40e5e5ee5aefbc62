#ifndef WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_
#define WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_

#include "base/delivered_bytes.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "service/engine/engine.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/rpc_runner.h"
#include "service/streams/stream_server.h"
#include "service/telemetry/call_recorder.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai {

// `Service` with generated methods that take and return bytes.
template <typename Service, template <typename> class... Methods>
struct WithRawMethods {
  using Type = Service;
};
template <typename Service, template <typename> class First,
          template <typename> class... Others>
struct WithRawMethods<Service, First, Others...> {
  using Type = First<typename WithRawMethods<Service, Others...>::Type>;
};

// Implements wriftai.predictions.v1.Predictions. Each method names its request
// and connects the reactor with the engine; RpcRunner does the rest. Messages
// are bytes: see request_codec.h. The streaming methods are served by
// streams().
//
// Threads: any. Engine, recorder, their loop and the gate must outlive it.
class PredictionService final
    : public WithRawMethods<
          v1::Predictions::Service, v1::Predictions::WithRawCallbackMethod_Get,
          v1::Predictions::WithRawCallbackMethod_Create,
          v1::Predictions::WithRawCallbackMethod_List,
          v1::Predictions::WithRawCallbackMethod_Cancel,
          v1::Predictions::WithGenericMethod_Wait,
          v1::Predictions::WithGenericMethod_CreateAndWait>::Type {
 public:
  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;

  // `delivered`: counts the bytes of each request; may be null. `gate`: null,
  // or for the service on the port for other replicas.
  PredictionService(Engine& engine, CallRecorder& recorder,
                    DeliveredBytes* delivered = nullptr,
                    ForwardedCallGate* gate = nullptr);

  // Starts the server of this service.
  StreamServer& streams() { return streams_; }

  grpc::ServerUnaryReactor* Get(Context* context, const Bytes* request,
                                Bytes* response) override;
  grpc::ServerUnaryReactor* Create(Context* context, const Bytes* request,
                                   Bytes* response) override;
  grpc::ServerUnaryReactor* List(Context* context, const Bytes* request,
                                 Bytes* response) override;
  grpc::ServerUnaryReactor* Cancel(Context* context, const Bytes* request,
                                   Bytes* response) override;

 private:
  void RunWait(AcceptedStream stream);
  void RunCreateAndWait(AcceptedStream stream);

  Engine& engine_;
  RpcRunner runner_;
  StreamServer streams_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_
