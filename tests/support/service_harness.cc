#include "tests/support/service_harness.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/run_on_loop.h"
#include "tests/support/silent_logger.h"

namespace wriftai {
ServiceHarness::ServiceHarness(EngineOptions options) {
  loop_ = std::make_unique<CurlEventLoop>(HttpOptions());
  upstream_ = std::make_unique<ScriptedTransport>(*loop_);
  options.upstream.base_url = "http://upstream/v1";
  // Tests respond to polls by number, and each must give an update.
  options.spare_polls = false;
  engine_ = std::make_unique<Engine>(
      options, *GatewayCredential::Open(Secret("own"), "", *loop_), *loop_,
      *upstream_, 1);
  recorder_ =
      std::make_unique<CallRecorder>(*loop_, SilentLogger(), LogFormat::kText);
  service_ = std::make_unique<PredictionService>(*engine_, *recorder_);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterCallbackGenericService(&other_methods_);
  server_ = service_->calls().BuildAndStart(builder);
  channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port),
                                 grpc::InsecureChannelCredentials());
  stub_ = v1::Predictions::NewStub(channel_);
}

ServiceHarness::~ServiceHarness() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  service_->calls().Wait();
  RunOnLoop(*loop_, [this] { engine_.reset(); });
}

void ServiceHarness::Settle() {
  RunOnLoop(*loop_, [] {});
}

void ServiceHarness::Drain() {
  RunOnLoop(*loop_, [this] { engine_->BeginDrain(absl::InfiniteFuture()); });
}

size_t ServiceHarness::waiter_count() {
  size_t count = 0;
  RunOnLoop(*loop_, [&] { count = engine_->Numbers().waiter_count; });
  return count;
}

std::string PredictionJson(absl::string_view status, absl::string_view output) {
  return absl::StrCat(R"({"id":")", kPredictionId, R"(","status":")", status,
                      R"(","updated_at":"2025-08-13T11:48:44.371103Z",)",
                      R"("input":{"n":1},"output":)", output,
                      R"(,"error":null})");
}

}  // namespace wriftai
