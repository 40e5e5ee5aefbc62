#ifndef WRIFTAI_UPSTREAM_WATCH_MODEL_RUN_DURATIONS_H_
#define WRIFTAI_UPSTREAM_WATCH_MODEL_RUN_DURATIONS_H_

#include <cstddef>
#include <deque>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// How long the predictions of each model have lived, from creation to their
// end, by the upstream's own times: setup and queue included, whatever the
// delay with which the end was seen. What it says of a running one decides who
// is asked first when there is not budget for all.
//
// Threads: loop. A value; one for each credential. Fails: never.
class ModelRunDurations {
 public:
  // Lives of a model that are remembered; from the first few on the spread is
  // known, and a model that changes is followed within as many.
  static constexpr size_t kMaxDurations = 32;
  // Models of one credential; beyond it new ones are not remembered.
  static constexpr size_t kMaxModels = 256;

  // A prediction has ended.
  void Add(const v1::Prediction& ended);

  // By how much the wanted interval may be stretched for one of that age while
  // others want the budget, too: from 1 (an end may come any moment) to
  // kMaxIntervalMultiplier (far from any).
  double IntervalMultiplier(const v1::Model& model, absl::Duration age) const;

  static constexpr double kMaxIntervalMultiplier = 1.5;

  // Whether one of that age has lived longer than any of its model's that is
  // remembered.
  bool Overdue(const v1::Model& model, absl::Duration age) const;

 private:
  using Lives = std::deque<absl::Duration>;

  const Lives* Of(const v1::Model& model) const;

  std::map<std::string, Lives> durations_;
};

// From creation until `now` (wall clock). Zero where creation is not known.
absl::Duration AgeOf(const v1::Prediction& prediction, absl::Time now);

// created_at; InfinitePast where it is not known.
absl::Time CreatedAt(const v1::Prediction& prediction);
absl::Time UpdatedAt(const v1::Prediction& prediction);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_MODEL_RUN_DURATIONS_H_
