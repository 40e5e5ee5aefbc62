#include "tests/service/engine/simulation/engine_clients.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "upstream/error_details.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(20);

// The errors after which a caller may simply call again.
bool MayRetry(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

// One Wait of a caller, at one process.
class EngineClients::Watch final : public PredictionObserver {
 public:
  Watch(EngineClients& clients, EngineNode& node, CallerPtr caller)
      : clients_(clients),
        node_(node),
        caller_(std::move(caller)),
        attempt_(caller_->attempt) {}

  void set_wait(std::unique_ptr<WaitHandle> wait) { wait_ = std::move(wait); }
  void set_key(int64_t key) { key_ = key; }

  void OnSnapshot(const SnapshotPtr& snapshot,
                  absl::Duration /*interval*/) override {
    if (attempt_ != caller_->attempt) return;
    const v1::Prediction& prediction = snapshot->prediction;
    if (prediction.id() != caller_->prediction_id) {
      clients_.Violate(*caller_, "was sent another prediction");
    }
    if (last_ != nullptr && !MayFollow(last_->prediction, prediction)) {
      clients_.Violate(*caller_, "saw its prediction go back");
    }
    last_ = snapshot;
    if (!IsTerminal(prediction)) return;
    if (prediction.output().string_value().empty() &&
        !prediction.has_output_json()) {
      clients_.Violate(*caller_, "saw an end without output");
    }
    clients_.EndAttempt(*caller_);
    caller_->done = true;
    ++clients_.ended_;
    node_.Drop(key_);
  }

  void OnError(const absl::Status& status) override {
    if (attempt_ != caller_->attempt) return;
    clients_.OnWaitFailed(caller_, status);
    node_.Drop(key_);
  }

 private:
  EngineClients& clients_;
  EngineNode& node_;
  const CallerPtr caller_;
  const int64_t attempt_;
  int64_t key_ = 0;
  SnapshotPtr last_;
  std::unique_ptr<WaitHandle> wait_;
};

EngineClients::EngineClients(
    SimLinks& links, SimUpstream& upstream,
    std::vector<std::shared_ptr<const Credential>> credentials)
    : links_(links),
      upstream_(upstream),
      credentials_(std::move(credentials)) {}

size_t EngineClients::Pick(size_t count) {
  return static_cast<size_t>(links_.cluster().random.Uniform() *
                             static_cast<double>(count));
}

absl::Duration EngineClients::Between(double min, double max) {
  return absl::Seconds(min + (max - min) * links_.cluster().random.Uniform());
}

void EngineClients::Violate(const Caller& caller, absl::string_view what) {
  violations_.push_back(
      absl::StrCat("caller ", caller.input,
                   caller.request_id.empty() ? "" : " with a request ID", ", ",
                   caller.prediction_id, ": ", what));
}

void EngineClients::Arrive() {
  if (stopped_) return;
  const auto caller = std::make_shared<Caller>();
  callers_.push_back(caller);
  caller->credential = credentials_[Pick(credentials_.size())];
  caller->input = absl::StrCat(callers_.size());
  if (Pick(4) > 0) {
    caller->request_id =
        absl::StrFormat("0d6a5c2e-63a5-4b0e-9f0b-%012d", callers_.size());
  }
  Create(caller);
  links_.cluster().RunIn(Between(0.3, 2), [this] { Arrive(); });
}

EngineNode* EngineClients::Connect(const CallerPtr& caller,
                                   std::function<void()> broken) {
  EngineNode* const node = links_.node(Pick(cluster::kMaxSlots));
  if (node == nullptr) return nullptr;
  for (size_t slot = 0; slot < cluster::kMaxSlots; ++slot) {
    if (links_.node(slot) != node) continue;
    ++caller->attempt;
    caller->open =
        links_.OnBroken(slot, links_.cluster().world(), std::move(broken));
  }
  return node;
}

void EngineClients::EndAttempt(Caller& caller) {
  ++caller.attempt;
  links_.Forget(caller.open);
}

void EngineClients::CreateLater(const CallerPtr& caller) {
  links_.cluster().RunIn(Between(0.2, 1), [this, caller] { Create(caller); });
}

void EngineClients::Create(const CallerPtr& caller) {
  EngineNode* const node = Connect(caller, [this, caller] {
    ++caller->attempt;
    OnCreateFailed(caller, absl::UnknownError("connection lost"));
  });
  if (node == nullptr) return CreateLater(caller);
  const int64_t attempt = caller->attempt;
  // A stopped process receives it when it wakes.
  node->loop().Post([this, node, caller, attempt] {
    CallContext context;
    context.credential = caller->credential;
    context.deadline = node->loop().Now() + kDeadline;
    CreateParams params;
    params.model = {"wriftai", "echo", 3};
    params.input_json = caller->input;
    const auto handle = std::make_shared<CallHandle>();
    const int64_t key = node->Keep(handle);
    *handle = node->engine().Create(
        std::move(context), caller->request_id, std::move(params),
        [this, node, key, caller,
         attempt](const absl::StatusOr<SnapshotPtr>& created) {
          node->Drop(key);
          if (attempt != caller->attempt) return;
          EndAttempt(*caller);
          OnCreated(caller, created);
        });
  });
}

void EngineClients::OnCreated(const CallerPtr& caller,
                              const absl::StatusOr<SnapshotPtr>& created) {
  if (!created.ok()) return OnCreateFailed(caller, created.status());
  ++created_;
  caller->prediction_id = (*created)->prediction.id();
  caller->state = "waits";
  if (caller->prediction_id != upstream_.IdOf(caller->input)) {
    Violate(*caller, "got the prediction of another create");
  }
  Wait(caller);
}

void EngineClients::OnCreateFailed(const CallerPtr& caller,
                                   const absl::Status& status) {
  const bool unknown = absl::IsUnknown(status);
  if (unknown && status.message() != "connection lost" &&
      ReasonOf(status) != v1::CREATE_OUTCOME_UNKNOWN) {
    Violate(*caller, status.ToString());
  }
  if (!unknown && !MayRetry(status)) Violate(*caller, status.ToString());
  if (caller->request_id.empty() && !unknown &&
      upstream_.PostsOf(caller->input) > 0) {
    Violate(*caller, absl::StrCat("was created, but the caller was told: ",
                                  status.ToString()));
  }
  // With an ID, whatever is not the create's own outcome may be retried.
  if (!caller->request_id.empty() &&
      ReasonOf(status) != v1::CREATE_OUTCOME_UNKNOWN) {
    return CreateLater(caller);
  }
  if (unknown) ++unknown_;
  caller->done = true;
}

void EngineClients::WaitLater(const CallerPtr& caller) {
  links_.cluster().RunIn(Between(0.05, 0.5), [this, caller] { Wait(caller); });
}

void EngineClients::Wait(const CallerPtr& caller) {
  EngineNode* const node = Connect(caller, [this, caller] {
    ++caller->attempt;
    WaitLater(caller);
  });
  if (node == nullptr) return WaitLater(caller);
  const int64_t attempt = caller->attempt;
  node->loop().Post([this, node, caller, attempt] {
    if (attempt != caller->attempt) return;
    CallContext context;
    context.credential = caller->credential;
    const auto watch = std::make_shared<Watch>(*this, *node, caller);
    auto wait = node->engine().Wait(context, caller->prediction_id,
                                    WatchOptions(), *watch);
    if (!wait.ok()) return OnWaitFailed(caller, wait.status());
    watch->set_wait(*std::move(wait));
    watch->set_key(node->Keep(watch));
  });
}

void EngineClients::OnWaitFailed(const CallerPtr& caller,
                                 const absl::Status& status) {
  EndAttempt(*caller);
  if (!MayRetry(status)) {
    caller->done = true;
    return Violate(*caller, status.ToString());
  }
  WaitLater(caller);
}

void EngineClients::CheckCompleted() {
  for (const CallerPtr& caller : callers_) {
    const int64_t posts = upstream_.PostsOf(caller->input);
    if (posts > 1) {
      Violate(*caller, absl::StrCat("was created ", posts, " times"));
    }
    if (!caller->done) {
      Violate(*caller, absl::StrCat("still ", caller->state));
    }
  }
}

}  // namespace wriftai
