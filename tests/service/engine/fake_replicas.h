#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_FAKE_REPLICAS_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_FAKE_REPLICAS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/completed_call.h"
#include "base/event_loop.h"
#include "gtest/gtest.h"
#include "service/engine/owner_calls.h"
#include "service/engine/ownership_errors.h"
#include "service/engine/replica_hooks.h"

namespace wriftai {

// Who owns the credentials, as the test says.
//
// Threads: the test's.
class FakeOwnership final : public CredentialOwnership {
 public:
  // For all credentials. Notify() afterwards.
  bool owned_here = true;
  bool certain = true;
  int64_t epoch = 1;
  absl::Status use_status;
  // Runs in BeginDrain().
  std::function<void()> on_drain;

  int uses = 0;
  int searches = 0;

  void Notify(const std::string& key) {
    if (observer_ != nullptr) observer_->OnOwnershipChanged(key, owned_here);
  }

  void SetObserver(OwnershipObserver* observer) override {
    observer_ = observer;
  }
  absl::Status Use(const Credential& /*credential*/) override {
    ++uses;
    return use_status;
  }
  bool IsOwnedHere(const Credential& /*credential*/) const override {
    return owned_here;
  }
  int64_t OwnerEpoch(const Credential& /*credential*/) const override {
    return epoch;
  }
  void Search(const Credential& /*credential*/) override { ++searches; }
  std::unique_ptr<const GrantGuard> MakeGuard(
      const Credential& /*credential*/) override {
    return std::make_unique<Guard>(*this);
  }
  void BeginDrain() override { on_drain(); }

 private:
  class Guard final : public GrantGuard {
   public:
    explicit Guard(FakeOwnership& ownership) : ownership_(ownership) {}
    absl::StatusOr<absl::Time> GrantsFrom() const override {
      if (!ownership_.owned_here || !ownership_.certain) {
        return NotOwnerError();
      }
      return absl::InfinitePast();
    }

   private:
    FakeOwnership& ownership_;
  };

  OwnershipObserver* observer_ = nullptr;
};

// The calls that were forwarded. The test completes them.
//
// Threads: the test's. It must outlive its handles.
class FakeOwnerCalls final : public OwnerCalls {
 public:
  struct Forwarded {
    std::string operation;  // "get", "list", "cancel" or "create".
    CallContext context;
    std::string id;  // Or the request ID.
    CreateParams create;
  };

  const std::vector<Forwarded>& calls() const { return calls_; }
  bool pending(size_t index) const { return pending_.count(index) > 0; }

  // Completes call `index`.
  template <typename Result>
  void Complete(size_t index, Result result) {
    ASSERT_EQ(pending_.count(index), 1u);
    Done done = std::move(pending_.extract(index).mapped());
    if constexpr (std::is_same_v<Result, absl::Status>) {
      std::visit([&](auto& callback) { callback(std::move(result)); }, done);
    } else {
      std::get<absl::AnyInvocable<void(absl::StatusOr<Result>)>>(done)(
          std::move(result));
    }
  }

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override {
    return Record({"get", std::move(context), std::move(id), {}},
                  std::move(done));
  }
  CallHandle List(CallContext context, ListParams /*params*/,
                  PageDone done) override {
    return Record({"list", std::move(context), "", {}}, std::move(done));
  }
  CallHandle Cancel(CallContext context, const std::string& id,
                    CancelDone done) override {
    return Record({"cancel", std::move(context), id, {}}, std::move(done));
  }
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionDone done) override {
    return Record({"create", std::move(context), request_id, std::move(params)},
                  std::move(done));
  }

 private:
  using Done = std::variant<PredictionDone, PageDone, CancelDone>;
  class Handle final : public Call {
   public:
    Handle(FakeOwnerCalls& calls, size_t index)
        : calls_(calls), index_(index) {}
    ~Handle() override { calls_.pending_.erase(index_); }

   private:
    FakeOwnerCalls& calls_;
    const size_t index_;
  };

  CallHandle Record(Forwarded call, Done done) {
    calls_.push_back(std::move(call));
    pending_.emplace(calls_.size() - 1, std::move(done));
    return std::make_unique<Handle>(*this, calls_.size() - 1);
  }

  std::vector<Forwarded> calls_;
  std::map<size_t, Done> pending_;
};

// The Waits that were started at owners. The test plays the owners.
//
// Threads: the test's. It must outlive its waits.
class FakeOwnerWaits final : public OwnerWaits {
 public:
  bool has_owner = true;

  struct Started {
    std::string id;
    absl::Time created;
    absl::Duration interval;
    OwnerWaitObserver* observer = nullptr;  // Null: destroyed.
  };

  const std::vector<Started>& started() const { return started_; }
  int tries() const { return tries_; }
  size_t open_count() const {
    size_t count = 0;
    for (const Started& wait : started_) {
      if (wait.observer != nullptr) ++count;
    }
    return count;
  }
  // Of wait `index`.
  void Update(size_t index, v1::Prediction prediction, v1::Source source,
              int64_t observed_at) {
    ASSERT_NE(started_[index].observer, nullptr);
    v1::PredictionUpdate update;
    *update.mutable_prediction() = std::move(prediction);
    update.set_source(source);
    update.mutable_observed_at()->set_seconds(observed_at);
    started_[index].observer->OnUpdate(std::move(update));
  }
  void End(size_t index, const absl::Status& status) {
    ASSERT_NE(started_[index].observer, nullptr);
    started_[index].observer->OnEnd(status);
  }

  std::unique_ptr<OwnerWait> Start(
      const std::shared_ptr<const Credential>& /*credential*/,
      const std::string& id, absl::Time created, absl::Duration interval,
      OwnerWaitObserver& observer) override {
    ++tries_;
    if (!has_owner) return nullptr;
    started_.push_back({id, created, interval, &observer});
    return std::make_unique<Wait>(*this, started_.size() - 1);
  }

 private:
  class Wait final : public OwnerWait {
   public:
    Wait(FakeOwnerWaits& waits, size_t index) : waits_(waits), index_(index) {}
    ~Wait() override { waits_.started_[index_].observer = nullptr; }
    void SetInterval(absl::Duration interval) override {
      waits_.started_[index_].interval = interval;
    }

   private:
    FakeOwnerWaits& waits_;
    const size_t index_;
  };

  std::vector<Started> started_;
  int tries_ = 0;
};

// Records of creates that answer as the test says, from the loop.
//
// Threads: the test's. EventLoop must outlive it.
class FakeRecords final : public CreateRecords {
 public:
  explicit FakeRecords(EventLoop& event_loop) : event_loop_(event_loop) {}

  absl::StatusOr<Begun> begun = Begun{Verdict::kSend, "attempt", "", ""};
  std::vector<std::string> log;

  CallHandle Begin(const Credential& /*credential*/,
                   const std::string& request_id,
                   const std::string& fingerprint, BeginDone done) override {
    log.push_back("begin " + request_id);
    absl::StatusOr<Begun> result = begun;
    if (result.ok()) result->fingerprint = fingerprint;
    return std::make_unique<CompletedCall>(
        event_loop_, [result = std::move(result),
                      done = std::move(done)]() mutable { done(result); });
  }
  void OnCreated(const std::string& attempt,
                 const std::string& /*prediction_id*/) override {
    log.push_back("created by " + attempt);
  }
  void OnNothingCreated(const std::string& attempt) override {
    log.push_back("nothing by " + attempt);
  }
  void OnOutcomeUnknown(const std::string& attempt) override {
    log.push_back("unknown by " + attempt);
  }

 private:
  EventLoop& event_loop_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_FAKE_REPLICAS_H_
