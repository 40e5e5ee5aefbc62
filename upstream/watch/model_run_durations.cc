#include "upstream/watch/model_run_durations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

// Fewer lives than this show no spread.
constexpr size_t kMinDurations = 4;

// Of the shortest life seen: one younger than that is not near its end.
constexpr double kYoung = 0.8;

// Older than the longest life seen, and than this, it may go on for long.
constexpr absl::Duration kOld = absl::Minutes(10);

std::string NameOf(const v1::Model& model) {
  return absl::StrCat(model.owner(), "/", model.name(), ":",
                      model.version_number());
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

}  // namespace

absl::Time CreatedAt(const v1::Prediction& prediction) {
  return prediction.has_created_at() ? TimeOf(prediction.created_at())
                                     : absl::InfinitePast();
}

absl::Time UpdatedAt(const v1::Prediction& prediction) {
  return prediction.has_updated_at() ? TimeOf(prediction.updated_at())
                                     : absl::InfinitePast();
}

absl::Duration AgeOf(const v1::Prediction& prediction, absl::Time now) {
  const absl::Time created = CreatedAt(prediction);
  return created == absl::InfinitePast()
             ? absl::ZeroDuration()
             : std::max(absl::ZeroDuration(), now - created);
}

void ModelRunDurations::Add(const v1::Prediction& ended) {
  const absl::Time updated = UpdatedAt(ended);
  if (!ended.has_created_at() || updated == absl::InfinitePast()) return;
  const std::string name = NameOf(ended.model());
  if (durations_.size() >= kMaxModels && durations_.count(name) == 0) return;
  Lives& lives = durations_[name];
  lives.push_back(AgeOf(ended, updated));
  if (lives.size() > kMaxDurations) lives.pop_front();
}

const ModelRunDurations::Lives* ModelRunDurations::Of(
    const v1::Model& model) const {
  const auto found = durations_.find(NameOf(model));
  return found == durations_.end() || found->second.size() < kMinDurations
             ? nullptr
             : &found->second;
}

double ModelRunDurations::IntervalMultiplier(const v1::Model& model,
                                             absl::Duration age) const {
  const Lives* const lives = Of(model);
  if (lives == nullptr) return age > kOld ? kMaxIntervalMultiplier : 1;
  const auto [shortest, longest] =
      std::minmax_element(lives->begin(), lives->end());
  if (age < *shortest * kYoung) return kMaxIntervalMultiplier;
  if (age > std::max(kOld, *longest * 2)) return kMaxIntervalMultiplier;
  return 1;
}

bool ModelRunDurations::Overdue(const v1::Model& model,
                                absl::Duration age) const {
  const Lives* const lives = Of(model);
  return lives != nullptr &&
         age > *std::max_element(lives->begin(), lives->end());
}

}  // namespace wriftai
