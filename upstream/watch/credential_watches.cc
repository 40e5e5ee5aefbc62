#include "upstream/watch/credential_watches.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "upstream/error_details.h"
#include "upstream/retry_policy.h"

namespace wriftai {
namespace {

// Of the interval: what is not later than this is on time.
constexpr double kLate = 1.25;

// How fast the usual time between two observations follows the last ones.
constexpr double kSpacingGain = 0.1;

// A page that cannot be had at all (403, 404, a broken body) will not be had
// soon; asking for predictions one by one goes on.
constexpr absl::Duration kNoPagesFor = absl::Minutes(10);

}  // namespace

CredentialWatches::CredentialWatches(
    std::shared_ptr<const Credential> credential, const Context& context)
    : credential_(std::move(credential)),
      context_(context),
      budget_(context_.budgets.For(credential_)),
      planner_(context_.pages, history_),
      refusal_(context_.scheduler),
      idle_since_(context_.scheduler.Now()) {}

CredentialWatches::~CredentialWatches() = default;

uint64_t CredentialWatches::Join(const std::string& id,
                                 const WatchOptions& options,
                                 PredictionObserver& observer,
                                 SnapshotPtr known) {
  Scheduler& scheduler = context_.scheduler;
  ++context_.stats.waits;
  if (refusal_.in_force()) return refusal_.Tell(observer);
  std::unique_ptr<PollTarget>& target = targets_[id];
  if (target == nullptr) {
    if (auto kept = context_.cache.Find(credential_->key(), id)) known = kept;
    target = std::make_unique<PollTarget>(id, std::move(known), scheduler.Now(),
                                          scheduler);
    BeginCover(*target);
  }
  if (target->watch.newest() != nullptr) ++context_.stats.waits_from_cache;
  idle_since_ = absl::InfiniteFuture();
  const uint64_t waiter = target->watch.Add(options, observer);
  if (!target->cover.on() && planner_.contended() &&
      usual_spacing_ > options.poll_interval * kLate) {
    target->watch.set_spacing(usual_spacing_);
  }
  Plan();
  return waiter;
}

void CredentialWatches::Leave(const std::string& id, uint64_t waiter) {
  refusal_.Forget(waiter);
  PollTarget* const target = Find(id);
  // A wait that has ended no longer keeps its watch.
  if (target == nullptr) return;
  target->watch.Remove(waiter);
  if (!target->watch.idle()) return;
  Drop(*target);
  EraseLater();
}

// Takes back the GET for it, if one is under way.
void CredentialWatches::Drop(PollTarget& target) {
  if (target.get == nullptr) return;
  target.get.reset();
  --under_way_;
}

PollTarget* CredentialWatches::Find(const std::string& id) {
  const auto found = targets_.find(id);
  return found == targets_.end() ? nullptr : found->second.get();
}

size_t CredentialWatches::waiter_count() const {
  size_t count = 0;
  for (const auto& [id, target] : targets_) {
    count += target->watch.waiter_count();
  }
  return count;
}

void CredentialWatches::DismissAll(
    const std::function<absl::Status()>& status) {
  ForEachWatch([&](PredictionWatch& watch) { watch.Dismiss(status); });
  EraseLater();
}

void CredentialWatches::ForEachWatch(
    const std::function<void(PredictionWatch&)>& visit) {
  // A waiter that is told may subscribe or leave; targets themselves are only
  // erased by EraseIdle().
  std::vector<PollTarget*> targets;
  targets.reserve(targets_.size());
  for (const auto& [id, target] : targets_) targets.push_back(target.get());
  for (PollTarget* const target : targets) visit(target->watch);
}

void CredentialWatches::EraseLater() {
  if (erase_ != nullptr) return;
  erase_ = context_.scheduler.PostAt(context_.scheduler.Now(),
                                     [this] { EraseIdle(); });
}

void CredentialWatches::EraseIdle() {
  erase_.reset();
  for (auto it = targets_.begin(); it != targets_.end();) {
    PollTarget& target = *it->second;
    if (!target.watch.idle()) {
      ++it;
      continue;
    }
    Drop(target);
    // What it knew serves whoever comes back, unless the token was refused.
    if (target.watch.newest() != nullptr && !refusal_.in_force()) {
      context_.cache.Put(credential_->key(), target.watch.newest());
    }
    it = targets_.erase(it);
  }
  if (targets_.empty()) idle_since_ = context_.scheduler.Now();
  Plan();
}

// Looks for something to ask for: claims a place in the budget for it, or
// comes back when there will be something.
void CredentialWatches::Plan() {
  // While it is down, one question at a time.
  const size_t most_under_way = outage_.is_on() ? 1 : kMostUnderWay;
  if (claim_ != nullptr || under_way_ >= most_under_way) return;
  const absl::Time now = context_.scheduler.Now();
  absl::Time due = absl::InfiniteFuture();
  for (const auto& [id, target] : targets_) {
    due = std::min(due, target->DueAt());
    if (due <= now) break;
  }
  due = std::max(due, outage_.quiet_until());
  if (due <= now) {
    plan_.reset();
    Claim();
  } else if (due == absl::InfiniteFuture()) {
    plan_.reset();
  } else {
    plan_ = context_.scheduler.PostAt(due, [this] {
      plan_.reset();
      Plan();
    });
  }
}

void CredentialWatches::Claim() {
  claim_ = budget_->reads.ClaimPoll([this](Permit permit) {
    // The claim itself, while it is being granted.
    const CallHandle granted = std::move(claim_);
    OnPlace(std::move(permit));
    Plan();
  });
}

void CredentialWatches::OnPlace(Permit permit) {
  const PollPlan plan =
      planner_.Next(targets_, budget_->reads.rate(), context_.scheduler.Now(),
                    context_.scheduler.WallNow());
  if (plan.get != nullptr) {
    Get(*plan.get, std::move(permit));
  } else if (plan.list != nullptr) {
    Fetch(*plan.list, std::move(permit));
  } else {
    permit.GiveBack();
  }
}

CallContext CredentialWatches::PollContext(Permit permit) const {
  CallContext context;
  context.credential = credential_;
  // Failing polls have their own, slower backoff.
  context.retry_reads = false;
  context.permit = std::move(permit);
  return context;
}

void CredentialWatches::Get(PollTarget& target, Permit permit) {
  ++context_.stats.gets;
  ++under_way_;
  target.asked_at = context_.scheduler.Now();
  target.get =
      context_.client.Get(PollContext(std::move(permit)), target.watch.id(),
                          [this, &target](absl::StatusOr<v1::Prediction> got) {
                            OnGot(target, std::move(got));
                            Plan();
                          });
}

void CredentialWatches::OnGot(PollTarget& target,
                              absl::StatusOr<v1::Prediction> got) {
  target.get.reset();
  --under_way_;
  if (got.ok()) {
    outage_.OnAnswer();
    target.failures = 0;
    target.not_before = absl::InfinitePast();
    target.missed = false;
    // Where a page was ahead of it, polling goes on as before the page.
    target.ended = false;
    CheckCover(target, *got, true);
    Observe(target, *std::move(got), v1::SOURCE_GET,
            context_.scheduler.ThisInstant());
    Prove(target.watch.id());
    return;
  }
  absl::Status status = got.status();
  if (!MayPass(status) && status.code() != absl::StatusCode::kUnauthenticated) {
    target.watch.Fail([&] { return status; });
    EraseLater();
    return;
  }
  TellFailure(status);
  const absl::Duration interval = target.watch.interval();
  const Backoff backoff{std::max(interval, absl::Seconds(1)),
                        std::max(interval, kLongestPollDelay)};
  // From now on, as a poll that timed out has already taken long.
  target.not_before =
      context_.scheduler.Now() +
      std::max(backoff.Delay(++target.failures, context_.random),
               RetryDelay(status).value_or(absl::ZeroDuration()));
  OnFailure(status, interval);
}

// A failure that ends no wait is told to nobody else. That of a token does.
void CredentialWatches::TellFailure(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kUnauthenticated) return;
  if (context_.on_poll_failed) context_.on_poll_failed(*credential_, status);
}

// What a failure means for the others.
void CredentialWatches::OnFailure(const absl::Status& status,
                                  absl::Duration interval) {
  if (status.code() == absl::StatusCode::kUnauthenticated) {
    refusal_.Begin(status);
    context_.cache.Forget(credential_->key());
    context_.webhooks.Forget(credential_->key());
    ForEachWatch(
        [&](PredictionWatch& watch) { watch.Fail([&] { return status; }); });
    EraseLater();
    return;
  }
  // A limit is the budget's matter.
  if (status.code() == absl::StatusCode::kResourceExhausted) return;
  outage_.OnFailure(context_.scheduler.Now(), interval, context_.random);
  if (outage_.is_on()) claim_.reset();
}

void CredentialWatches::Fetch(PageMap::Page& page, Permit permit) {
  ++context_.stats.lists;
  ++under_way_;
  page.under_way = true;
  const auto fetch = fetches_.insert(fetches_.end(), PageFetch());
  fetch->newer = page.newer;
  fetch->asked_at = context_.scheduler.Now();
  for (auto& [id, target] : targets_) {
    if (target->created == absl::InfinitePast() ||
        !page.Spans(target->created) || target->under_way()) {
      continue;
    }
    target->on_page = true;
    fetch->expected.push_back(id);
  }
  ListParams params;
  params.page_size = PollPlanner::kPageSize;
  params.cursor = page.cursor;
  fetch->call = context_.client.List(
      PollContext(std::move(permit)), std::move(params),
      [this, fetch](absl::StatusOr<PredictionPage> fetched) {
        OnFetched(fetch, std::move(fetched));
        Plan();
      });
}

void CredentialWatches::OnFetched(PageFetches::iterator fetch,
                                  absl::StatusOr<PredictionPage> fetched) {
  const PageFetch done = std::move(*fetch);
  fetches_.erase(fetch);
  --under_way_;
  for (const std::string& id : done.expected) {
    if (PollTarget* const target = Find(id)) target->on_page = false;
  }
  PageMap::Page& page = planner_.pages().At(done.newer);
  page.under_way = false;
  if (!fetched.ok()) {
    const absl::Status& status = fetched.status();
    TellFailure(status);
    const absl::Time now = context_.scheduler.Now();
    planner_.NoPagesUntil(
        now + (MayPass(status) ? RetryDelay(status).value_or(absl::Seconds(1))
                               : kNoPagesFor));
    if (MayPass(status) ||
        status.code() == absl::StatusCode::kUnauthenticated) {
      OnFailure(status, absl::Seconds(1));
    }
    return;
  }
  outage_.OnAnswer();
  const Seen seen = SeeOnPage(*fetched, done.asked_at);
  planner_.OnPage(page, done.asked_at, *fetched, seen.all, seen.ended);
  MissOnPage(done, page);
}

// Tells the watches what the page shows of them: all of it was learnt at once,
// however long the telling takes.
CredentialWatches::Seen CredentialWatches::SeeOnPage(const PredictionPage& page,
                                                     absl::Time asked_at) {
  Seen seen;
  const Instant learnt = context_.scheduler.ThisInstant();
  for (const v1::Prediction& item : page.predictions) {
    PollTarget* const target = Find(item.id());
    if (target == nullptr || target->watch.idle()) continue;
    ++seen.all;
    const bool knew = target->ended || target->watch.ended();
    SeeItem(*target, item, asked_at, learnt);
    if (!knew && target->ended) ++seen.ended;
  }
  context_.stats.seen_on_pages += seen.all;
  return seen;
}

void CredentialWatches::SeeItem(PollTarget& target, const v1::Prediction& item,
                                absl::Time asked_at, const Instant& learnt) {
  target.created = CreatedAt(item);
  Prove(target.watch.id());
  if (target.get != nullptr || target.watch.ended()) return;
  CheckCover(target, item, asked_at - target.asked_at >= target.interval());
  target.asked_at = asked_at;
  target.missed = false;
  if (IsTerminal(item)) {
    // The end is told with its output.
    if (!target.ended) target.ended_at = UpdatedAt(item);
    target.ended = true;
    return;
  }
  const SnapshotPtr& known = target.watch.newest();
  Observe(target,
          known == nullptr ? item : WithPayloadsOf(known->prediction, item),
          v1::SOURCE_LIST, learnt);
}

// Those that should have been on the page and were not are asked for alone: the
// upstream may have deleted them.
void CredentialWatches::MissOnPage(const PageFetch& fetch,
                                   const PageMap::Page& page) {
  for (const std::string& id : fetch.expected) {
    PollTarget* const target = Find(id);
    if (target != nullptr && target->asked_at < fetch.asked_at &&
        page.Spans(target->created)) {
      target->missed = true;
    }
  }
}

void CredentialWatches::Observe(PollTarget& target, v1::Prediction prediction,
                                v1::Source source, const Instant& learnt) {
  if (target.seen()) {
    const absl::Duration spacing = learnt.now - target.seen_at;
    context_.stats.staleness.Add(spacing);
    target.watch.set_spacing(spacing > target.interval() * kLate
                                 ? spacing
                                 : target.cover.interval());
    if (!target.cover.on()) {
      usual_spacing_ += (spacing - usual_spacing_) * kSpacingGain;
    }
  }
  target.seen_at = learnt.now;
  if (CreatedAt(prediction) != absl::InfinitePast()) {
    target.created = CreatedAt(prediction);
  }
  const bool was_ended = target.watch.ended();
  target.watch.Observe(std::move(prediction), source, learnt);
  if (was_ended || !target.watch.ended()) return;
  const v1::Prediction& ended = target.watch.newest()->prediction;
  ++context_.stats.ended;
  if (ended.has_updated_at()) {
    context_.stats.terminal_delay.Add(learnt.wall - UpdatedAt(ended));
  }
  history_.Add(ended);
  target.ended = false;
  context_.cache.Put(credential_->key(), target.watch.newest());
  EraseLater();
}

}  // namespace wriftai
