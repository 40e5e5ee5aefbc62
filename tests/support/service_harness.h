#ifndef WRIFTAI_TESTS_SUPPORT_SERVICE_HARNESS_H_
#define WRIFTAI_TESTS_SUPPORT_SERVICE_HARNESS_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "service/engine/engine.h"
#include "service/rpc/prediction_service.h"
#include "tests/support/scripted_transport.h"
#include "upstream/http/curl_event_loop.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai {

// Without rate limits, for tests that do not test pacing.
inline EngineOptions UnpacedOptions() {
  EngineOptions options;
  options.rates = BudgetRegistry::kUnlimited;
  return options;
}

// The service over a real gRPC connection on port 0, its loop, and an upstream
// scripted by the test. The gateway's own token is "own".
//
// Threads: the test's. Owns: all parts; stops them in the destructor.
class ServiceHarness {
 public:
  explicit ServiceHarness(EngineOptions options = UnpacedOptions());
  ~ServiceHarness();

  ScriptedTransport& upstream() { return *upstream_; }
  v1::Predictions::Stub& stub() { return *stub_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Waits until all tasks posted so far have run on the loop.
  void Settle();

  // Drains the engine on the loop: rejects new waits and ends open ones.
  void Drain();

  // The engine's number of waiters, read on the loop.
  size_t waiter_count();

 private:
  std::unique_ptr<CurlEventLoop> loop_;
  std::unique_ptr<ScriptedTransport> upstream_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<CallRecorder> recorder_;
  std::unique_ptr<PredictionService> service_;
  grpc::CallbackGenericService other_methods_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Predictions::Stub> stub_;
};

// The upstream's JSON of a prediction in `status`.
std::string PredictionJson(absl::string_view status,
                           absl::string_view output = "null");

// The id of PredictionJson().
inline constexpr char kPredictionId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_SERVICE_HARNESS_H_
