#ifndef WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_
#define WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_

#include "absl/time/time.h"
#include "base/delivered_bytes.h"
#include "proto/predictions.h"
#include "service/config.h"
#include "service/engine/engine.h"
#include "service/rpc/unary_reactor.h"
#include "service/rpc/wait_reactor.h"
#include "service/telemetry/call_recorder.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai {

// Implements wriftai.predictions.v1.Predictions. Every method takes and returns
// bytes (see request_codec.h), validates the request on gRPC's thread, and does
// the rest on the loop.
//
// Threads: any. Engine, recorder and their loop must outlive it.
class PredictionService final
    : public v1::Predictions::WithRawCallbackMethod_Get<
          v1::Predictions::WithRawCallbackMethod_Create<
              v1::Predictions::WithRawCallbackMethod_List<
                  v1::Predictions::WithRawCallbackMethod_Cancel<
                      v1::Predictions::WithRawCallbackMethod_Wait<
                          v1::Predictions::WithRawCallbackMethod_CreateAndWait<
                              v1::Predictions::Service>>>>>> {
 public:
  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;

  // `delivered`: counts the bytes of each request; may be null.
  PredictionService(Engine& engine, CallRecorder& recorder,
                    DeliveredBytes* delivered = nullptr)
      : engine_(engine), recorder_(recorder), delivered_(delivered) {}

  grpc::ServerUnaryReactor* Get(Context* context, const Bytes* request,
                                Bytes* response) override;
  grpc::ServerUnaryReactor* Create(Context* context, const Bytes* request,
                                   Bytes* response) override;
  grpc::ServerUnaryReactor* List(Context* context, const Bytes* request,
                                 Bytes* response) override;
  grpc::ServerUnaryReactor* Cancel(Context* context, const Bytes* request,
                                   Bytes* response) override;
  grpc::ServerWriteReactor<Bytes>* Wait(Context* context,
                                        const Bytes* request) override;
  grpc::ServerWriteReactor<Bytes>* CreateAndWait(Context* context,
                                                 const Bytes* request) override;

 private:
  Engine& engine_;
  CallRecorder& recorder_;
  DeliveredBytes* const delivered_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_
