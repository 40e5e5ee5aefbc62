#include "upstream/watch/page_fetcher.h"

#include <utility>

namespace wriftai {

PollTarget* PageFetcher::Find(const std::string& id) {
  const auto found = targets_.find(id);
  return found == targets_.end() ? nullptr : found->second.get();
}

void PageFetcher::Fetch(PageMap::Page& page, CallContext context) {
  page.under_way = true;
  const auto fetch = fetches_.insert(fetches_.end(), PageFetch());
  fetch->newer = page.newer;
  fetch->asked = event_loop_.ThisInstant();
  for (auto& [id, target] : targets_) {
    if (target->created == absl::InfinitePast() ||
        !page.Spans(target->created) || target->get != nullptr) {
      continue;
    }
    target->page_until = fetch->asked.now + PollTarget::kPagePatience;
    fetch->expected.push_back(id);
  }
  ListParams params;
  params.page_size = PollPlanner::kPageSize;
  params.cursor = page.cursor;
  fetch->call =
      client_.List(std::move(context), std::move(params),
                   [this, fetch](absl::StatusOr<PredictionPage> fetched) {
                     OnFetched(fetch, std::move(fetched));
                     observer_.OnFetchEnded();
                   });
}

void PageFetcher::OnFetched(PageFetches::iterator fetch,
                            absl::StatusOr<PredictionPage> fetched) {
  const PageFetch done = std::move(*fetch);
  fetches_.erase(fetch);
  for (const std::string& id : done.expected) {
    if (PollTarget* const target = Find(id)) {
      target->page_until = absl::InfinitePast();
    }
  }
  PageMap::Page& page = planner_.pages().At(done.newer);
  page.under_way = false;
  if (!fetched.ok()) {
    OnFailed(done, page, fetched.status());
    return;
  }
  observer_.OnPage();
  const absl::Time now = event_loop_.Now();
  if (planner_.trust().OnPage(page, *fetched, done.asked.now, now)) {
    observer_.OnListDistrusted();
  }
  const Seen seen = See(*fetched, done);
  planner_.OnPage(page, done.asked.now, *fetched, seen.all, seen.ended);
  Miss(done, page);
}

void PageFetcher::OnFailed(const PageFetch& fetch, PageMap::Page& page,
                           const absl::Status& status) {
  using Standing = PollCircuitBreaker::Standing;
  const Standing standing = page.failures.any() ? Standing::kFailing
                            : page.known()      ? Standing::kHealthy
                                                : Standing::kUntried;
  planner_.trust().OnPageFailed(page, status, event_loop_.Now(),
                                breaker_.last_response(), random_);
  observer_.OnPageFailed(status, standing, fetch.asked.now);
}

// Tells what the page shows of the targets: all of it was learnt at once,
// however long the telling takes.
PageFetcher::Seen PageFetcher::See(const PredictionPage& page,
                                   const PageFetch& fetch) {
  Seen seen;
  const Instant learnt = event_loop_.ThisInstant();
  for (const v1::Prediction& item : page.predictions) {
    PollTarget* const target = Find(item.id());
    if (target == nullptr || target->watch.idle()) continue;
    ++seen.all;
    const bool knew = target->output_pending || target->watch.ended();
    observer_.OnItem(*target, item, fetch.asked, learnt);
    if (!knew && target->output_pending) ++seen.ended;
  }
  stats_.seen_on_pages += seen.all;
  return seen;
}

// Those that should have been on the page and were not are asked for alone: the
// upstream may have deleted them.
void PageFetcher::Miss(const PageFetch& fetch, const PageMap::Page& page) {
  for (const std::string& id : fetch.expected) {
    PollTarget* const target = Find(id);
    if (target != nullptr && target->asked_at < fetch.asked.now &&
        page.Spans(target->created)) {
      target->missing_from_page = true;
    }
  }
}

}  // namespace wriftai
