#ifndef WRIFTAI_TESTS_SERVICE_PEERS_OWNER_REPLICA_H_
#define WRIFTAI_TESTS_SERVICE_PEERS_OWNER_REPLICA_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/listener_counters.h"
#include "base/run_on_loop.h"
#include "gtest/gtest.h"
#include "service/engine/engine.h"
#include "service/engine/ownership_errors.h"
#include "service/peers/peer_server.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/prediction_service.h"
#include "service/telemetry/call_recorder.h"
#include "tests/support/scripted_transport.h"
#include "tests/support/silent_logger.h"
#include "tests/support/status_matchers.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {

// A replica that owns every credential under an epoch, with its port for other
// replicas and an upstream scripted by the test. Its own token is "owners".
//
// Threads: the test's.
class OwnerReplica : public ForwardedCallGate {
 public:
  explicit OwnerReplica(CurlEventLoop& loop, int64_t epoch)
      : loop_(loop), epoch_(epoch), upstream_(loop) {
    EngineOptions options;
    options.rates = BudgetRegistry::kUnlimited;
    options.upstream.base_url = "http://upstream/v1";
    options.spare_polls = false;
    engine_ = std::make_unique<Engine>(
        options, *GatewayCredential::Open(Secret("owners"), "", loop), loop,
        upstream_, 1);
    recorder_ =
        std::make_unique<CallRecorder>(loop, SilentLogger(), LogFormat::kText);
    service_ = std::make_unique<PredictionService>(*engine_, *recorder_,
                                                   nullptr, this);
    PeerServerConfig config;
    config.address = "127.0.0.1:0";
    auto server =
        PeerServer::Start(config, nullptr, {}, service_->calls(), counters_);
    EXPECT_THAT(server, IsOk());
    if (server.ok()) server_ = *std::move(server);
    address_ = server_->address();
  }
  ~OwnerReplica() override {
    Stop();
    RunOnLoop(loop_, [this] { engine_.reset(); });
  }

  // Ends all calls as if the process had died.
  void Stop() { server_.reset(); }

  ScriptedTransport& upstream() { return upstream_; }
  const std::string& address() const { return address_; }

  size_t waiter_count() {
    size_t count = 0;
    RunOnLoop(loop_, [&] { count = engine_->Numbers().waiter_count; });
    return count;
  }

 private:
  // Loop.
  absl::Status Check(const Credential& /*credential*/,
                     const ForwardedCallInfo& forwarded) override {
    EXPECT_TRUE(loop_.OnLoopThread());
    return forwarded.epoch == epoch_ ? absl::OkStatus() : NotOwnerError();
  }

  CurlEventLoop& loop_;
  const int64_t epoch_;
  ScriptedTransport upstream_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<CallRecorder> recorder_;
  std::unique_ptr<PredictionService> service_;
  ListenerCounters counters_;
  std::unique_ptr<PeerServer> server_;
  std::string address_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_PEERS_OWNER_REPLICA_H_
