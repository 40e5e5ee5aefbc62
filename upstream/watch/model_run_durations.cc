#include "upstream/watch/model_run_durations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Minimum number of durations for an estimate.
constexpr size_t kMinDurations = 4;

// A prediction younger than this fraction of the shortest duration is not near
// its end.
constexpr double kEarlyFraction = 0.8;

// A prediction older than this, and than twice the longest duration, may run
// for long.
constexpr absl::Duration kLongRun = absl::Minutes(10);

// Minimum margin around the recorded runs: jitter, and a part of the longest.
constexpr absl::Duration kMinMargin = absl::Milliseconds(50);
constexpr double kMinMarginPart = 0.02;

std::string ModelKey(const v1::Model& model) {
  return absl::StrCat(model.owner(), "/", model.name(), ":",
                      model.version_number());
}

}  // namespace

void ModelRunDurations::Add(const v1::Prediction& ended) {
  const absl::Time updated = UpdatedAt(ended);
  if (!ended.has_created_at() || updated == absl::InfinitePast()) return;
  const std::string name = ModelKey(ended.model());
  if (durations_.size() >= kMaxModels && durations_.count(name) == 0) return;
  Durations& durations = durations_[name];
  durations.push_back(AgeOf(ended, updated));
  if (durations.size() > kMaxDurations) durations.pop_front();
}

const ModelRunDurations::Durations* ModelRunDurations::Find(
    const v1::Model& model) const {
  const auto found = durations_.find(ModelKey(model));
  return found == durations_.end() || found->second.size() < kMinDurations
             ? nullptr
             : &found->second;
}

double ModelRunDurations::IntervalMultiplier(const v1::Model& model,
                                             absl::Duration age) const {
  const Durations* const durations = Find(model);
  if (durations == nullptr) return age > kLongRun ? kMaxIntervalMultiplier : 1;
  const auto [shortest, longest] =
      std::minmax_element(durations->begin(), durations->end());
  if (age < *shortest * kEarlyFraction) return kMaxIntervalMultiplier;
  if (age > std::max(kLongRun, *longest * 2)) return kMaxIntervalMultiplier;
  return 1;
}

std::optional<ModelRunDurations::LikelyEnd> ModelRunDurations::LikelyEndOf(
    const v1::Model& model) const {
  const auto found = durations_.find(ModelKey(model));
  if (found == durations_.end() || found->second.size() < 2) {
    return std::nullopt;
  }
  const Durations& durations = found->second;
  const auto [shortest, longest] =
      std::minmax_element(durations.begin(), durations.end());
  // The mean distance of two runs: the fewer there are, the more likely the
  // next one is shorter or longer than all of them.
  const absl::Duration margin =
      std::max((*longest - *shortest) / (durations.size() - 1),
               kMinMargin + *longest * kMinMarginPart);
  return LikelyEnd{std::min(*shortest * kEarlyFraction, *shortest - margin),
                   *longest + margin};
}

bool ModelRunDurations::IsOverdue(const v1::Model& model,
                                  absl::Duration age) const {
  const Durations* const durations = Find(model);
  return durations != nullptr &&
         age > *std::max_element(durations->begin(), durations->end());
}

}  // namespace wriftai
