#include "upstream/cluster/takeover_pauses.h"

#include <algorithm>

namespace wriftai::cluster {

void TakeoverPauses::OnOwnerChanged(const std::string& tag, const Owner* before,
                                    const Owner* after) {
  if (after == nullptr) {
    // A released record is deleted later; its pause began with the release.
    if (before != nullptr && !before->released()) {
      Extend(tag, times_.unreleased_pause());
    }
  } else if (after->released() || (before != nullptr && !before->released() &&
                                   before->session != after->session)) {
    // The owner has stopped before it wrote this: released or handed over.
    Extend(tag, times_.takeover_pause);
  }
}

absl::Time TakeoverPauses::EndOf(const std::string& tag) const {
  const auto found = ends_.find(tag);
  return found == ends_.end() ? absl::InfinitePast() : found->second;
}

void TakeoverPauses::Clear() {
  ends_.clear();
  added_.clear();
}

void TakeoverPauses::Extend(const std::string& tag, absl::Duration pause) {
  DropEnded();
  const absl::Time now = clock_.Now();
  absl::Time& end = ends_.try_emplace(tag, absl::InfinitePast()).first->second;
  end = std::max(end, now + pause);
  added_.emplace_back(now, tag);
}

void TakeoverPauses::DropEnded() {
  const absl::Time now = clock_.Now();
  while (!added_.empty() &&
         added_.front().first + times_.unreleased_pause() <= now) {
    const auto found = ends_.find(added_.front().second);
    if (found != ends_.end() && found->second <= now) ends_.erase(found);
    added_.pop_front();
  }
}

}  // namespace wriftai::cluster
