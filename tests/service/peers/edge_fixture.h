#ifndef WRIFTAI_TESTS_SERVICE_PEERS_EDGE_FIXTURE_H_
#define WRIFTAI_TESTS_SERVICE_PEERS_EDGE_FIXTURE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/credential.h"
#include "base/run_on_loop.h"
#include "gtest/gtest.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_client.h"
#include "tests/service/peers/owner_replica.h"
#include "tests/service/peers/peer_link_fixture.h"
#include "tests/support/service_harness.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {

// A replica that forwards calls, and what it knows of owners. The callers'
// token is "callers".
class EdgeTest : public ::testing::Test, public OwnerDirectory {
 protected:
  EdgeTest()
      : channels_(std::make_unique<PeerChannels>(loop_, nullptr, 1 << 20)) {
    client_ = std::make_unique<PeerClient>(*channels_, *this);
  }
  ~EdgeTest() override {
    RunOnLoop(loop_, [this] {
      client_.reset();
      channels_.reset();
    });
  }

  void KnowOwner(const OwnerReplica& replica, int64_t epoch) {
    RunOnLoop(loop_, [&] { owner_ = PeerOwner{replica.address(), epoch}; });
  }

  CallContext Context(absl::Duration timeout = absl::InfiniteDuration()) {
    CallContext context;
    context.credential = credential_;
    context.deadline = loop_.Now() + timeout;
    return context;
  }

  // Starts a call on the loop and waits until it has ended. Meanwhile, `serve`
  // plays the upstream.
  template <typename Result>
  Result Await(
      const std::function<CallHandle(absl::AnyInvocable<void(Result)> done)>&
          start,
      const std::function<void()>& serve = [] {}) {
    std::optional<Result> result;
    absl::Notification ended;
    CallHandle call;
    loop_.Post([&] {
      call = start([&](Result done) {
        result = std::move(done);
        call.reset();
        ended.Notify();
      });
    });
    serve();
    ended.WaitForNotification();
    RunOnLoop(loop_, [] {});
    return *std::move(result);
  }

  absl::StatusOr<v1::Prediction> Get(
      const std::function<void()>& serve = [] {},
      absl::Duration timeout = absl::InfiniteDuration()) {
    return Await<absl::StatusOr<v1::Prediction>>(
        [&](PredictionDone done) {
          return client_->Get(Context(timeout), kPredictionId, std::move(done));
        },
        serve);
  }

  absl::Status Cancel(const std::function<void()>& serve = [] {}) {
    return Await<absl::Status>(
        [&](PeerClient::CancelDone done) {
          return client_->Cancel(Context(), kPredictionId, std::move(done));
        },
        serve);
  }

  absl::StatusOr<v1::Prediction> Create(
      const std::string& request_id, CreateParams params,
      const std::function<void()>& serve = [] {}) {
    return Await<absl::StatusOr<v1::Prediction>>(
        [&](PredictionDone done) {
          return client_->Create(Context(), request_id, std::move(params),
                                 std::move(done));
        },
        serve);
  }

  static CreateParams EchoParams() {
    CreateParams params;
    params.model = {"wriftai", "echo", 3};
    params.input_json = R"({"n": 1.50})";
    return params;
  }

  // Loop.
  std::optional<PeerOwner> Find(const Credential& /*credential*/) override {
    return owner_;
  }

  CurlEventLoop loop_;
  // Every replica has a server, whose threads serve its connections.
  const TestPeer own_port_{loop_};
  std::shared_ptr<const Credential> credential_ =
      std::make_shared<const Credential>(Secret("callers"));
  std::optional<PeerOwner> owner_;  // Loop.
  std::unique_ptr<PeerChannels> channels_;
  std::unique_ptr<PeerClient> client_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_PEERS_EDGE_FIXTURE_H_
