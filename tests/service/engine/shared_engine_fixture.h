#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SHARED_ENGINE_FIXTURE_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SHARED_ENGINE_FIXTURE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "service/engine/engine.h"
#include "tests/service/engine/fake_replicas.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"

namespace wriftai {

// An engine of one of several replicas. The test plays the others, the store
// and the upstream.
class SharedEngineTest : public ::testing::Test {
 protected:
  static constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
  static constexpr char kOtherId[] = "d12258c4-ed83-4d7b-a784-8ed55412325a";

  // What a waiter has received.
  struct Waiter final : public PredictionObserver {
    std::vector<std::string> updates;  // "STATUS SOURCE OBSERVED_AT".
    std::optional<absl::Status> error;

    void OnSnapshot(const SnapshotPtr& snapshot,
                    absl::Duration /*interval*/) override {
      updates.push_back(
          absl::StrCat(snapshot->prediction.status_text(), " ",
                       v1::Source_Name(snapshot->source), " ",
                       absl::ToUnixSeconds(snapshot->observed_at)));
    }
    void OnError(const absl::Status& status) override { error = status; }
  };

  static EngineOptions Options() {
    EngineOptions options;
    options.upstream.base_url = "http://upstream/v1";
    options.rates = BudgetRegistry::kUnlimited;
    options.spare_polls = false;
    return options;
  }

  SharedEngineTest() {
    ownership_.on_drain = [this] { SetOwner(false, ownership_.epoch); };
  }

  // A change of the owner, as the cluster shows it.
  void SetOwner(bool owned_here, int64_t epoch) {
    ownership_.owned_here = owned_here;
    ownership_.epoch = epoch;
    ownership_.Notify(credential_->key());
    event_loop_.RunPosted();
  }

  CallContext Context(absl::Duration timeout = absl::InfiniteDuration()) {
    CallContext context;
    context.credential = credential_;
    context.deadline = event_loop_.Now() + timeout;
    return context;
  }
  CallContext ForwardedContext() {
    CallContext context = Context();
    context.forwarded = true;
    return context;
  }

  // Starts a Get, whose result goes to got_.
  void Get(CallContext context) {
    got_.reset();
    call_ = engine_->Get(std::move(context), kId,
                         [this](absl::StatusOr<SnapshotPtr> result) {
                           ASSERT_FALSE(got_.has_value());
                           got_ = std::move(result);
                         });
    event_loop_.RunPosted();
  }
  void Create(const std::string& request_id,
              std::optional<CallContext> context = std::nullopt) {
    CreateParams params;
    params.model = {"wriftai", "echo", 3};
    params.input_json = "1";
    got_.reset();
    call_ = engine_->Create(
        context.has_value() ? *std::move(context) : Context(), request_id,
        std::move(params), [this](absl::StatusOr<SnapshotPtr> result) {
          ASSERT_FALSE(got_.has_value());
          got_ = std::move(result);
        });
    event_loop_.RunPosted();
  }
  absl::Status GotStatus() const {
    return got_.has_value() ? got_->status()
                            : absl::InternalError("no result yet");
  }

  std::unique_ptr<WaitHandle> Wait(
      Waiter& waiter, absl::Duration interval = absl::Seconds(1),
      std::optional<CallContext> context = std::nullopt,
      const std::string& id = kId) {
    WatchOptions options;
    options.poll_interval = interval;
    auto wait =
        engine_->Wait(context.has_value() ? *std::move(context) : Context(), id,
                      options, waiter);
    EXPECT_THAT(wait.status(), IsOk());
    event_loop_.RunPosted();
    return wait.ok() ? *std::move(wait) : nullptr;
  }

  // The upstream's response to its newest request.
  void Respond(const std::string& status, int code = 200) {
    transport_.Respond(
        code, absl::StrCat(R"({"id": ")", kId, R"(", "status": ")", status,
                           R"(", "updated_at": "2026-01-01T00:00:01Z"})"));
    event_loop_.RunPosted();
  }

  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  ManualEventLoop event_loop_;
  FakeTransport transport_;
  FakeOwnership ownership_;
  FakeOwnerCalls owner_calls_;
  FakeOwnerWaits owner_waits_;
  FakeRecords records_{event_loop_};
  const ReplicaHooks hooks_{ownership_, owner_calls_, owner_waits_, records_};
  std::unique_ptr<Engine> engine_ =
      std::make_unique<Engine>(Options(), nullptr, event_loop_, transport_, 1,
                               nullptr, nullptr, nullptr, &hooks_);
  CallHandle call_;
  std::optional<absl::StatusOr<SnapshotPtr>> got_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SHARED_ENGINE_FIXTURE_H_
