#include "tests/service/engine/simulation/sim_owner_waits.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "service/engine/ownership_errors.h"
#include "tests/service/engine/simulation/engine_node.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// A Wait at the owner: both ends of the stream.
class SimStream final : public std::enable_shared_from_this<SimStream> {
 public:
  SimStream(SimLinks& links, size_t from, size_t to, cluster::SimLoop& loop,
            OwnerWaitObserver& observer)
      : links_(links),
        from_(from),
        to_(to),
        loop_(loop),
        observer_(&observer) {}

  void Open(const std::shared_ptr<const Credential>& credential,
            const std::string& id, absl::Time created, absl::Duration interval,
            int64_t epoch) {
    const auto self = shared_from_this();
    const auto broken = [self] { self->Break(); };
    open_ = links_.OnBroken(to_, loop_, broken);
    // Without a response, the connection is given up.
    silence_ = loop_.RunAt(loop_.Now() + SimLinks::kSilence, broken);
    links_.Send(
        from_, to_, loop_,
        [self, credential, id, created, interval, epoch](EngineNode& node) {
          self->Serve(node, credential, id, created, interval, epoch);
        },
        broken);
  }

  // The caller has left.
  void Close() {
    observer_ = nullptr;
    silence_.reset();
    if (open_ != 0) links_.Forget(std::exchange(open_, 0));
    // What the connection's end does at the owner, sooner or later.
    const auto self = shared_from_this();
    links_.cluster().RunIn(absl::Milliseconds(1), [self] {
      if (self->owner_loop_ == nullptr) return;
      self->owner_loop_->Post([self] { self->EndServing(); });
    });
  }

 private:
  struct Serving final : public PredictionObserver {
    explicit Serving(std::shared_ptr<SimStream> stream_in)
        : stream(std::move(stream_in)) {}
    void OnSnapshot(const SnapshotPtr& snapshot,
                    absl::Duration /*interval*/) override {
      stream->SendUpdate(snapshot);
      if (IsTerminal(snapshot->prediction)) stream->EndServing();
    }
    void OnError(const absl::Status& status) override {
      stream->SendEnd(status);
      stream->EndServing();
    }

    const std::shared_ptr<SimStream> stream;
    std::unique_ptr<WaitHandle> wait;
  };

  // At the owner.
  void Serve(EngineNode& node,
             const std::shared_ptr<const Credential>& credential,
             const std::string& id, absl::Time created, absl::Duration interval,
             int64_t epoch) {
    if (observer_ == nullptr) return;
    if (node.ownership().EpochOf(*credential) != epoch) {
      return SendEnd(NotOwnerError());
    }
    CallContext context;
    context.credential = credential;
    context.forwarded = true;
    WatchOptions options;
    options.poll_interval = interval;
    options.created = created;
    const auto serving = std::make_shared<Serving>(shared_from_this());
    auto wait = node.engine().Wait(context, id, options, *serving);
    if (!wait.ok()) return SendEnd(wait.status());
    serving->wait = *std::move(wait);
    owner_ = &node;
    owner_loop_ = &node.loop();
    key_ = node.Keep(serving);
  }

  // A killed process runs no tasks, so `owner_` is alive.
  void EndServing() {
    if (owner_ != nullptr) std::exchange(owner_, nullptr)->Drop(key_);
  }

  void SendUpdate(const SnapshotPtr& snapshot) {
    const auto self = shared_from_this();
    if (!links_.Respond(to_, from_, loop_, &last_, [self, snapshot] {
          if (self->observer_ == nullptr) return;
          self->silence_.reset();
          OwnerWaitObserver* const observer = self->observer_;
          if (IsTerminal(snapshot->prediction)) self->observer_ = nullptr;
          v1::PredictionUpdate update;
          *update.mutable_prediction() = snapshot->prediction;
          update.set_source(snapshot->source);
          update.mutable_observed_at()->set_seconds(
              absl::ToUnixSeconds(snapshot->observed_at));
          observer->OnUpdate(std::move(update));
        })) {
      BreakLater();
    }
  }

  void SendEnd(const absl::Status& status) {
    const auto self = shared_from_this();
    if (!links_.Respond(to_, from_, loop_, &last_,
                        [self, status] { self->End(status); })) {
      BreakLater();
    }
  }

  // A stream with a gap is none: TCP repeats, or gives up.
  void BreakLater() {
    const auto self = shared_from_this();
    loop_.RunIn(absl::Seconds(3), [self] { self->Break(); });
  }

  void Break() { End(OwnerUnavailable("broken")); }

  void End(const absl::Status& status) {
    silence_.reset();
    if (open_ != 0) links_.Forget(std::exchange(open_, 0));
    if (observer_ == nullptr) return;
    std::exchange(observer_, nullptr)->OnEnd(status);
  }

  SimLinks& links_;
  const size_t from_;
  const size_t to_;
  cluster::SimLoop& loop_;
  OwnerWaitObserver* observer_;
  int64_t open_ = 0;
  TimerHandle silence_;
  absl::Time last_ = absl::InfinitePast();
  // At the owner.
  EngineNode* owner_ = nullptr;
  cluster::SimLoop* owner_loop_ = nullptr;
  int64_t key_ = 0;
};

class SimOwnerWait final : public OwnerWait {
 public:
  using Open = std::function<std::shared_ptr<SimStream>(absl::Duration)>;

  SimOwnerWait(Open open, absl::Duration interval)
      : open_(std::move(open)), stream_(open_(interval)) {}
  ~SimOwnerWait() override { stream_->Close(); }

  void SetInterval(absl::Duration interval) override {
    stream_->Close();
    stream_ = open_(interval);
  }

 private:
  const Open open_;
  std::shared_ptr<SimStream> stream_;
};

}  // namespace

std::unique_ptr<OwnerWait> SimOwnerWaits::Start(
    const std::shared_ptr<const Credential>& credential, const std::string& id,
    absl::Time created, absl::Duration interval, OwnerWaitObserver& observer) {
  const auto owner = ownership_.FindOther(*credential);
  if (!owner.has_value()) return nullptr;
  return std::make_unique<SimOwnerWait>(
      [this, owner, credential, id, created, &observer](absl::Duration each) {
        auto stream = std::make_shared<SimStream>(links_, slot_, SlotOf(*owner),
                                                  loop_, observer);
        stream->Open(credential, id, created, each, owner->epoch);
        return stream;
      },
      interval);
}

}  // namespace wriftai
