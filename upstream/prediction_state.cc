#include "upstream/prediction_state.h"

#include <algorithm>
#include <tuple>

#include "google/protobuf/util/message_differencer.h"

namespace wriftai {
namespace {

int Rank(v1::PredictionStatus status) {
  switch (status) {
    case v1::PREDICTION_STATUS_PENDING:
      return 0;
    case v1::PREDICTION_STATUS_SUCCEEDED:
    case v1::PREDICTION_STATUS_FAILED:
      return 2;
    default:
      return 1;
  }
}

std::tuple<int64_t, int32_t> UpdateTimeOf(const v1::Prediction& prediction) {
  return {prediction.updated_at().seconds(), prediction.updated_at().nanos()};
}

}  // namespace

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

bool IsTerminal(const v1::Prediction& prediction) {
  return Rank(prediction.status()) == 2;
}

bool MayFollow(const v1::Prediction& previous, const v1::Prediction& next) {
  if (IsTerminal(previous) && next.status() != previous.status()) return false;
  const int before = Rank(previous.status());
  const int after = Rank(next.status());
  if (before != after) return before < after;
  // List items may lack updated_at; then any state may follow.
  if (!previous.has_updated_at() || !next.has_updated_at()) return true;
  return UpdateTimeOf(previous) <= UpdateTimeOf(next);
}

bool IsUpdate(const v1::Prediction& previous, const v1::Prediction& next) {
  if (!MayFollow(previous, next)) return false;
  if (previous.status_text() != next.status_text()) return true;
  if (previous.has_updated_at() && next.has_updated_at()) {
    return UpdateTimeOf(previous) < UpdateTimeOf(next);
  }
  return !google::protobuf::util::MessageDifferencer::Equals(previous, next);
}

v1::Prediction WithPayloadsOf(const v1::Prediction& known,
                              const v1::Prediction& item) {
  v1::Prediction merged = known;
  // Cleared first, since merging would keep the nanos of the earlier time.
  if (item.has_created_at()) merged.clear_created_at();
  if (item.has_updated_at()) merged.clear_updated_at();
  if (item.has_model()) merged.clear_model();
  merged.MergeFrom(item);
  // Merging appends; keeps each name once.
  auto& names = *merged.mutable_inexact_fields();
  for (int i = known.inexact_fields_size(); i < names.size();) {
    const auto kept = names.begin() + i;
    if (std::find(names.begin(), kept, *kept) == kept) {
      ++i;
    } else {
      names.erase(kept);
    }
  }
  return merged;
}

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

}  // namespace wriftai
