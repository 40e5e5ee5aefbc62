#ifndef WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_
#define WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/call.h"
#include "base/delivered_bytes.h"
#include "service/calls/call_server.h"
#include "service/engine/engine.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/rpc_runner.h"
#include "service/rpc/translate.h"
#include "service/rpc/unary_reactor.h"
#include "service/rpc/wait_reactor.h"
#include "service/telemetry/call_recorder.h"

namespace wriftai {

// Implements the methods of wriftai.predictions.v1.Predictions. Each connects a
// reactor with the engine; RpcRunner does the rest. Messages are bytes: see
// request_codec.h.
//
// Threads: any. Owns: the server of the methods, calls(), which must be
// started. Engine, recorder, their loop and the gate must outlive it.
class PredictionService {
 public:
  // `delivered`: counts the bytes of each request; may be null. `gate`: null,
  // or for the service on the port for other replicas.
  PredictionService(Engine& engine, CallRecorder& recorder,
                    DeliveredBytes* delivered = nullptr,
                    ForwardedCallGate* gate = nullptr);

  CallServer& calls() { return calls_; }

 private:
  // What a handler returns: the step that the reactor holds.
  using UnaryStep = absl::StatusOr<CallHandle>;
  using WaitStep = absl::StatusOr<std::unique_ptr<WaitHandle>>;

  // Serves the method of `Request`.
  template <typename Request, typename Step, typename Call, typename Reactor>
  void Serve(Step (PredictionService::*handler)(CallContext, Call, Reactor&));

  // On the loop.
  UnaryStep Get(CallContext upstream, GetCall call, UnaryReactor& reactor);
  UnaryStep Create(CallContext upstream, CreateCall call,
                   UnaryReactor& reactor);
  UnaryStep List(CallContext upstream, const ListCall& call,
                 UnaryReactor& reactor);
  UnaryStep Cancel(CallContext upstream, const CancelCall& call,
                   UnaryReactor& reactor);
  WaitStep Wait(CallContext upstream, WaitCall call, WaitReactor& reactor);
  WaitStep CreateAndWait(CallContext upstream, CreateAndWaitCall call,
                         WaitReactor& reactor);

  Engine& engine_;
  RpcRunner runner_;
  CallServer calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_PREDICTION_SERVICE_H_
