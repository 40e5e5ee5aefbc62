#include "service/engine/remote_watches.h"

#include <cstdint>
#include <list>
#include <utility>

#include "absl/status/status.h"
#include "upstream/error_details.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Whether the prediction is fine, and another Wait must start.
bool IsResumable(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case v1::NOT_OWNER:
    case v1::OWNER_UNAVAILABLE:
    case v1::DRAINING:
    case v1::STREAM_AGE_REACHED:
    case v1::MAX_WAIT_EXCEEDED:
      return true;
    default:
      return false;
  }
}

}  // namespace

// The Waits of one credential at its owner.
class RemoteWatches::CredentialWaits final : public DemandObserver {
 public:
  CredentialWaits(RemoteWatches& remote,
                  std::shared_ptr<const Credential> credential)
      : remote_(remote), credential_(std::move(credential)) {
    owned_here_ = ownership().IsOwnedHere(*credential_);
    epoch_ = ownership().OwnerEpoch(*credential_);
  }

  const Credential& credential() const { return *credential_; }
  bool owned_here() const { return owned_here_; }
  size_t size() const { return waits_.size(); }

  void OnDemandChanged(const std::string& id,
                       absl::Duration interval) override {
    if (interval == absl::InfiniteDuration()) {
      // The observer on the stack, if this is due to its update, does nothing
      // more.
      waits_.erase(id);
      return;
    }
    std::unique_ptr<Wait>& wait = waits_[id];
    if (wait == nullptr) {
      wait = std::make_unique<Wait>(*this, id);
      StartSoon(*wait);
    }
    wait->interval = interval;
    if (wait->stream != nullptr) wait->stream->SetInterval(interval);
  }

  void OnOwnershipChanged(bool owned_here) {
    const int64_t epoch = ownership().OwnerEpoch(*credential_);
    if (owned_here == owned_here_ && epoch == epoch_) return;
    const bool was_owned_here = std::exchange(owned_here_, owned_here);
    epoch_ = epoch;
    if (owned_here) {
      waits_.clear();
      start_.reset();
      remote_.watches_.ResumePolls(credential_->key());
    } else if (was_owned_here) {
      remote_.watches_.SuspendPolls(credential_->key(), *this);
    } else {
      // The former owner may hang, and so not end its streams.
      for (const auto& [id, wait] : waits_) {
        if (std::exchange(wait->stream, nullptr) != nullptr) StartSoon(*wait);
      }
      failing_ = false;
      start_.reset();
      if (!to_start_.empty()) Schedule(absl::ZeroDuration());
    }
  }

 private:
  // The Wait for one prediction.
  struct Wait final : public OwnerWaitObserver {
    Wait(CredentialWaits& all, std::string prediction)
        : waits(all), id(std::move(prediction)) {}
    ~Wait() override {
      if (queued != waits.to_start_.end()) waits.to_start_.erase(queued);
    }

    void OnUpdate(v1::PredictionUpdate update) override {
      waits.failing_ = false;
      WatchRegistry& watches = waits.remote_.watches_;
      const std::string key = waits.credential_->key();
      const absl::Time observed = TimeOf(update.observed_at());
      // Last: it may destroy this.
      watches.ApplyRemote(key, std::move(*update.mutable_prediction()),
                          update.source(), observed);
    }

    void OnEnd(const absl::Status& status) override {
      stream.reset();
      if (IsResumable(status)) {
        waits.SearchForOwner();
        return waits.StartSoon(*this);
      }
      WatchRegistry& watches = waits.remote_.watches_;
      if (absl::IsUnauthenticated(status)) {
        watches.OnTokenRejected(*waits.credential_);
      }
      // Last, as above.
      watches.FailRemote(waits.credential_->key(), std::string(id), status);
    }

    CredentialWaits& waits;
    const std::string id;
    absl::Duration interval;
    std::unique_ptr<OwnerWait> stream;
    std::list<Wait*>::iterator queued = waits.to_start_.end();
  };

  CredentialOwnership& ownership() const { return remote_.hooks_.ownership; }

  void SearchForOwner() {
    failing_ = true;
    ownership().Search(*credential_);
  }

  void StartSoon(Wait& wait) {
    if (wait.queued != to_start_.end()) return;
    wait.queued = to_start_.insert(to_start_.end(), &wait);
    Schedule(failing_ ? kLookInterval : absl::ZeroDuration());
  }

  void Schedule(absl::Duration delay) {
    if (start_ != nullptr) return;
    EventLoop& event_loop = remote_.event_loop_;
    start_ = event_loop.RunAt(event_loop.Now() + delay, [this] {
      start_.reset();
      StartBatch();
    });
  }

  void StartBatch() {
    for (size_t i = 0; i < kStartBatch && !to_start_.empty(); ++i) {
      Wait& wait = *to_start_.front();
      const absl::Time created =
          remote_.watches_.CreationTimeOf(credential_->key(), wait.id);
      wait.stream = remote_.hooks_.waits.Start(credential_, wait.id, created,
                                               wait.interval, wait);
      if (wait.stream == nullptr) {
        SearchForOwner();
        break;
      }
      to_start_.erase(std::exchange(wait.queued, to_start_.end()));
    }
    if (!to_start_.empty()) {
      Schedule(failing_ ? kLookInterval : absl::ZeroDuration());
    }
  }

  RemoteWatches& remote_;
  const std::shared_ptr<const Credential> credential_;
  bool owned_here_ = false;
  int64_t epoch_ = 0;
  std::list<Wait*> to_start_;                           // Of waits_.
  std::map<std::string, std::unique_ptr<Wait>> waits_;  // By prediction.
  // Whether the last Wait that ended or was tried did so for lack of an owner.
  bool failing_ = false;
  TimerHandle start_;
};

RemoteWatches::RemoteWatches(EventLoop& event_loop, const ReplicaHooks& hooks,
                             WatchRegistry& watches)
    : event_loop_(event_loop), hooks_(hooks), watches_(watches) {}

RemoteWatches::~RemoteWatches() = default;

DemandObserver* RemoteWatches::Find(
    const std::shared_ptr<const Credential>& credential) {
  std::unique_ptr<CredentialWaits>& waits = credentials_[credential->key()];
  if (waits == nullptr) {
    waits = std::make_unique<CredentialWaits>(*this, credential);
  }
  UseLater();
  return waits->owned_here() ? nullptr : waits.get();
}

void RemoteWatches::OnOwnershipChanged(const std::string& credential_key,
                                       bool owned_here) {
  const auto found = credentials_.find(credential_key);
  if (found == credentials_.end()) return;
  found->second->OnOwnershipChanged(owned_here);
}

size_t RemoteWatches::wait_count() const {
  size_t count = 0;
  for (const auto& [key, waits] : credentials_) count += waits->size();
  return count;
}

void RemoteWatches::UseLater() {
  if (use_ != nullptr) return;
  use_ = event_loop_.RunAt(event_loop_.Now() + kUseInterval, [this] {
    use_.reset();
    UseAll();
  });
}

void RemoteWatches::UseAll() {
  for (auto next = credentials_.begin(); next != credentials_.end();) {
    const auto credential = next++;
    if (!watches_.IsWatched(credential->first)) {
      credentials_.erase(credential);
      continue;
    }
    // If it fails, calls fail with that error, and the waits go on.
    (void)hooks_.ownership.Use(credential->second->credential());
  }
  if (!credentials_.empty()) UseLater();
}

}  // namespace wriftai
