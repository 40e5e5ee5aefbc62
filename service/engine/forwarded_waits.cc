#include "service/engine/forwarded_waits.h"

#include <utility>

#include "upstream/prediction_state.h"

namespace wriftai {

class ForwardedWaits::Wait final : public PredictionObserver {
 public:
  Wait(ForwardedWaits& all, const Credential& credential,
       PredictionObserver& observer, std::function<void()> stop)
      : all_(all),
        key_(credential.key()),
        observer_(observer),
        stop_(std::move(stop)),
        number_(all.next_wait_++) {
    all_.waits_[key_].emplace(number_, this);
  }
  ~Wait() override { Remove(); }

  void OnSnapshot(const SnapshotPtr& snapshot,
                  absl::Duration interval) override {
    if (IsTerminal(snapshot->prediction)) Remove();
    observer_.OnSnapshot(snapshot, interval);
  }

  void OnError(const absl::Status& status) override {
    Remove();
    observer_.OnError(status);
  }

  void End(const absl::Status& status) {
    stop_();
    OnError(status);
  }

 private:
  // It gets no further calls.
  void Remove() {
    const auto waits = all_.waits_.find(key_);
    if (waits == all_.waits_.end()) return;
    waits->second.erase(number_);
    if (waits->second.empty()) all_.waits_.erase(waits);
  }

  ForwardedWaits& all_;
  const std::string key_;
  PredictionObserver& observer_;
  const std::function<void()> stop_;
  const uint64_t number_;
};

std::unique_ptr<PredictionObserver> ForwardedWaits::Add(
    const Credential& credential, PredictionObserver& observer,
    std::function<void()> stop) {
  return std::make_unique<Wait>(*this, credential, observer, std::move(stop));
}

void ForwardedWaits::EndAll(const std::string& credential_key,
                            const absl::Status& status) {
  // Each end may destroy others.
  for (auto waits = waits_.find(credential_key); waits != waits_.end();
       waits = waits_.find(credential_key)) {
    waits->second.begin()->second->End(status);
  }
}

}  // namespace wriftai
