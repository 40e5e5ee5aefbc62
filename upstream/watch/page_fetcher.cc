#include "upstream/watch/page_fetcher.h"

#include <utility>

namespace wriftai {

namespace {

// The list as an item of the circuit breaker. Prediction ids are never empty.
constexpr char kListItem[] = "";

}  // namespace

void PageFetcher::Fetch(PageMap::Page& page, CallContext context) {
  page.in_flight = true;
  const auto fetch = fetches_.insert(fetches_.end(), PageFetch());
  fetch->newer = page.newer;
  fetch->requested = event_loop_.ThisInstant();
  // It cannot show more than the newest ones of those that it spans.
  int spanned = 0;
  const auto expect = [&](PollTarget& target) {
    if (target.get == nullptr) {
      target.page_until = fetch->requested.now + PollTarget::kMaxPageWait;
      fetch->expected.push_back(target.watch.id());
      table_.polls().OnChanged(target);
      table_.tracer().OnSent(target, PollKind::kPage);
    }
    return ++spanned < PollPlanner::kPageSize;
  };
  table_.polls().VisitCreated(
      page.newer,
      page.known() && !page.is_last ? page.oldest : absl::InfinitePast(),
      expect);
  ListParams params;
  params.page_size = PollPlanner::kPageSize;
  params.cursor = page.cursor;
  fetch->call =
      reader_.List(std::move(context), std::move(params),
                   [this, fetch](absl::StatusOr<PredictionPage> fetched) {
                     OnFetched(fetch, std::move(fetched));
                     // One more may be in flight.
                     table_.MarkDirty();
                   });
}

void PageFetcher::OnFetched(PageFetches::iterator fetch,
                            absl::StatusOr<PredictionPage> fetched) {
  const PageFetch done = std::move(*fetch);
  fetches_.erase(fetch);
  for (const std::string& id : done.expected) {
    if (PollTarget* const target = table_.Find(id)) {
      target->page_until = absl::InfinitePast();
      table_.polls().OnChanged(*target);
      table_.tracer().OnResult(id, PollKind::kPage, fetched.status());
    }
  }
  PageMap::Page& page = planner_.pages().At(done.newer);
  page.in_flight = false;
  if (!fetched.ok()) {
    OnFailed(done, page, fetched.status());
    return;
  }
  observer_.OnUpstreamResponse();
  const absl::Time now = event_loop_.Now();
  if (table_.list_trust().OnPage(page, *fetched, done.requested.now, now)) {
    table_.DropPageObservations();
  }
  const PageResult result = ApplyPageItems(*fetched, done);
  planner_.OnPage(page, done.requested.now, *fetched, result.matched,
                  result.newly_ended);
  MarkMissing(done, page);
}

void PageFetcher::OnFailed(const PageFetch& fetch, PageMap::Page& page,
                           const absl::Status& status) {
  using Standing = PollCircuitBreaker::Standing;
  const Standing standing = page.failures.any() ? Standing::kFailing
                            : page.known()      ? Standing::kHealthy
                                                : Standing::kUntried;
  table_.list_trust().OnPageFailed(page, status, event_loop_.Now(),
                                   breaker_.last_response(), random_);
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    table_.RejectToken(status);
  } else {
    observer_.OnPollFailed(kListItem, standing, status, fetch.requested.now,
                           absl::Seconds(1));
  }
}

// Applies the items of watched predictions. All have the same observation time,
// however long the waiters take.
PageFetcher::PageResult PageFetcher::ApplyPageItems(const PredictionPage& page,
                                                    const PageFetch& fetch) {
  PageResult result;
  const Instant observed = event_loop_.ThisInstant();
  for (const v1::Prediction& item : page.predictions) {
    PollTarget* const target = table_.Find(item.id());
    if (target == nullptr || target->watch.idle()) continue;
    ++result.matched;
    const bool end_was_known = target->output_pending || target->watch.ended();
    table_.Apply(
        Observation(&item, v1::SOURCE_LIST, fetch.requested, observed));
    if (!end_was_known && target->output_pending) ++result.newly_ended;
  }
  stats_.seen_on_pages += result.matched;
  return result;
}

// Marks targets that the page should have shown and did not. They get their own
// GETs, since the upstream may have deleted them.
void PageFetcher::MarkMissing(const PageFetch& fetch,
                              const PageMap::Page& page) {
  for (const std::string& id : fetch.expected) {
    PollTarget* const target = table_.Find(id);
    if (target != nullptr && target->requested_at < fetch.requested.now &&
        page.Spans(target->created)) {
      target->missing_from_page = true;
    }
  }
}

}  // namespace wriftai
