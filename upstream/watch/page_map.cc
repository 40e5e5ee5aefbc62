#include "upstream/watch/page_map.h"

#include <algorithm>
#include <iterator>

#include "upstream/watch/model_run_durations.h"

namespace wriftai {

PageMap::Page& PageMap::For(absl::Time created) {
  // The last that begins above it; one that begins with it begins below.
  return std::prev(pages_.lower_bound(created))->second;
}

PageMap::Page* PageMap::NotFetchedSince(absl::Time since) {
  for (auto& [newer, page] : pages_) {
    if (page.fetched_at < since) return &page;
  }
  return nullptr;
}

void PageMap::Apply(Page& page, absl::Time asked_at,
                    const PredictionPage& shown) {
  page.fetched_at = asked_at;
  page.is_last = shown.next_cursor.empty();
  // Items may lack the time.
  const auto oldest = std::find_if(
      shown.predictions.rbegin(), shown.predictions.rend(),
      [](const v1::Prediction& item) { return item.has_created_at(); });
  page.oldest =
      oldest == shown.predictions.rend() ? page.newer : CreatedAt(*oldest);
  // Boundaries of before that lie inside of it lead to what it shows already.
  auto next = std::next(pages_.find(page.newer));
  while (next != pages_.end() && !next->second.under_way &&
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
  if (pages_.size() > kMaxPages && !pages_.rbegin()->second.under_way) {
    pages_.erase(std::prev(pages_.end()));
  }
}

}  // namespace wriftai
