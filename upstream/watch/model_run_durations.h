#ifndef WRIFTAI_UPSTREAM_WATCH_MODEL_RUN_DURATIONS_H_
#define WRIFTAI_UPSTREAM_WATCH_MODEL_RUN_DURATIONS_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "proto/predictions.h"

namespace wriftai {

// How long predictions of each model ran, from creation to end by the
// upstream's own timestamps. Setup and queueing are included; the delay until
// the gateway saw the end is not. The planner uses it to order polls when the
// budget is short.
//
// Threads: loop. A value, one per credential. Fails: never.
class ModelRunDurations {
 public:
  // Durations kept per model. The estimate adapts to a changed model within as
  // many runs.
  static constexpr size_t kMaxDurations = 32;
  // Models kept per credential; further ones are ignored.
  static constexpr size_t kMaxModels = 256;

  // Records a prediction that has ended.
  void Add(const v1::Prediction& ended);

  // The factor for the poll interval of a prediction of that age while the
  // budget is contended: from 1 (it may end at any moment) to
  // kMaxIntervalMultiplier (the end is far).
  double IntervalMultiplier(const v1::Model& model, absl::Duration age) const;

  static constexpr double kMaxIntervalMultiplier = 1.5;

  // Between which ages a prediction of the model likely ends, by at least
  // two runs.
  struct LikelyEnd {
    absl::Duration earliest;
    absl::Duration latest;
  };
  std::optional<LikelyEnd> LikelyEndOf(const v1::Model& model) const;

  // Whether a prediction of that age has run longer than all recorded ones of
  // its model.
  bool IsOverdue(const v1::Model& model, absl::Duration age) const;

 private:
  using Durations = std::deque<absl::Duration>;

  const Durations* Find(const v1::Model& model) const;

  std::map<std::string, Durations> durations_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_MODEL_RUN_DURATIONS_H_
