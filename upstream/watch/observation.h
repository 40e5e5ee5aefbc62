#ifndef WRIFTAI_UPSTREAM_WATCH_OBSERVATION_H_
#define WRIFTAI_UPSTREAM_WATCH_OBSERVATION_H_

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "base/event_loop.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// A state of a prediction that a poll, a list page, a webhook event, or a
// caller's Get, List or Create showed. Copies the prediction, which may have
// 60 MB, only where that is needed: a copy takes 5 ms per MiB.
//
// Threads: loop. Owns: the prediction, if it is given by value.
class Observation {
 public:
  // A pointer must outlive the observation.
  using State =
      std::variant<const v1::Prediction*, v1::Prediction, SnapshotPtr>;

  Observation(State state, v1::Source source, const Instant& requested,
              const Instant& observed)
      : state_(std::move(state)),
        source_(source),
        requested_(requested),
        observed_(observed) {}

  const v1::Prediction& prediction() const {
    if (const auto* const borrowed =
            std::get_if<const v1::Prediction*>(&state_)) {
      return **borrowed;
    }
    if (const auto* const owned = std::get_if<v1::Prediction>(&state_)) {
      return *owned;
    }
    return std::get<SnapshotPtr>(state_)->prediction;
  }
  const std::string& id() const { return prediction().id(); }
  v1::Source source() const { return source_; }

  // When the state was requested; when it arrived, if nobody requested it.
  const Instant& requested() const { return requested_; }
  const Instant& observed() const { return observed_; }

  // Whether a poll of this prediction alone showed it.
  bool is_own_poll() const { return is_own_poll_; }
  void set_is_own_poll() { is_own_poll_ = true; }

  // Whether no waiter's interval asked for that poll yet.
  bool is_early() const { return is_early_; }
  void set_is_early(bool early) { is_early_ = early; }

  // The prediction, moved out if this owns it.
  v1::Prediction Take() && {
    auto* const owned = std::get_if<v1::Prediction>(&state_);
    if (owned == nullptr) return prediction();
    return std::move(*owned);
  }

  // The first snapshot of this state; the given one, if there is one.
  SnapshotPtr ToSnapshot() const {
    const auto* const shared = std::get_if<SnapshotPtr>(&state_);
    return shared != nullptr ? *shared
                             : MakeSnapshot(prediction(), source_, observed_);
  }

 private:
  State state_;
  const v1::Source source_;
  const Instant requested_;
  const Instant observed_;
  bool is_own_poll_ = false;
  bool is_early_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_OBSERVATION_H_
