#include "upstream/watch/page_map.h"

#include <algorithm>
#include <iterator>

#include "upstream/prediction_state.h"

namespace wriftai {

PageMap::Page& PageMap::For(absl::Time created) {
  // The last page whose upper bound, which is exclusive, is above `created`.
  return std::prev(pages_.lower_bound(created))->second;
}

PageMap::Page* PageMap::NotFetchedSince(absl::Time since) {
  for (auto& [newer, page] : pages_) {
    if (page.fetched_at < since) return &page;
  }
  return nullptr;
}

void PageMap::Apply(Page& page, absl::Time requested_at,
                    const PredictionPage& shown) {
  page.fetched_at = requested_at;
  page.is_last = shown.next_cursor.empty();
  // Items may lack created_at.
  const auto oldest = std::find_if(
      shown.predictions.rbegin(), shown.predictions.rend(),
      [](const v1::Prediction& item) { return item.has_created_at(); });
  page.oldest =
      oldest == shown.predictions.rend() ? page.newer : CreatedAt(*oldest);
  // Drops pages that start inside this one, since it shows their items already.
  auto next = std::next(pages_.find(page.newer));
  while (next != pages_.end() && !next->second.in_flight &&
         (page.is_last || next->first > page.oldest)) {
    next = pages_.erase(next);
  }
  if (page.is_last || page.oldest >= page.newer ||
      shown.next_cursor == page.cursor) {
    return;
  }
  Page& below = pages_[page.oldest];
  below.newer = page.oldest;
  if (below.cursor != shown.next_cursor) below.failures.OnSuccess();
  below.cursor = shown.next_cursor;
  if (pages_.size() > kMaxPages && !pages_.rbegin()->second.in_flight) {
    pages_.erase(std::prev(pages_.end()));
  }
}

}  // namespace wriftai
