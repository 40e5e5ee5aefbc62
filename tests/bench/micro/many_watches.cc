#include "tests/bench/micro/many_watches.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "upstream/watch/poll_planner.h"

namespace wriftai {
namespace {

// Spreads successive numbers over the ids, and successive picks over the
// watches.
constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;

std::string IdOf(int64_t number) {
  return absl::StrFormat("%08x-0000-4000-8000-%012x", (number * kSpread) >> 32,
                         number);
}

}  // namespace

ManyWatches::ManyWatches(int64_t count) : count_(count), next_outsider_(count) {
  WatchOptions options;
  options.poll_interval = absl::Seconds(1);
  const Instant now = event_loop_.ThisInstant();
  for (int64_t i = 0; i < count_; ++i) {
    subscriptions_.push_back(
        registry_.Subscribe(credential_, IdOf(i), options, observer_,
                            MakeSnapshot(Running(i), v1::SOURCE_GET, now)));
  }
  Poll();
}

void ManyWatches::Poll() {
  while (upstream_.pending_count() == 0) event_loop_.AdvanceToNextTimer();
  const FakePredictionClient::Recorded& call = upstream_.calls().back();
  if (call.operation == "list") {
    upstream_.CompleteList(PageAt(call.list.cursor));
  } else {
    int64_t number = 0;
    (void)absl::SimpleHexAtoi(call.id.substr(call.id.size() - 12), &number);
    upstream_.Complete(Running(number));
  }
  event_loop_.RunPosted();
}

void ManyWatches::SubscribeAndUnsubscribe() {
  std::unique_ptr<Subscription> subscription = registry_.Subscribe(
      credential_, IdOf(next_outsider_++), WatchOptions(), observer_);
  event_loop_.RunPosted();
  subscription.reset();
  event_loop_.RunPosted();
}

void ManyWatches::ApplyUnchanged() { Apply(NextNumber(), 0); }

void ManyWatches::ApplyChange() { Apply(NextNumber(), ++changes_); }

void ManyWatches::Apply(int64_t number, int64_t change) {
  v1::Prediction prediction = Running(number);
  if (change != 0) {
    prediction.mutable_updated_at()->set_seconds(
        prediction.updated_at().seconds() + change);
  }
  registry_.Apply(*credential_, prediction, v1::SOURCE_GET);
  event_loop_.RunPosted();
}

v1::Prediction ManyWatches::Running(int64_t number) const {
  v1::Prediction prediction = MakePrediction(IdOf(number), "started");
  prediction.mutable_created_at()->set_seconds(
      prediction.updated_at().seconds() - count_ + number);
  prediction.mutable_model()->set_owner("owner");
  prediction.mutable_model()->set_name("name");
  prediction.mutable_model()->set_version_number(1);
  return prediction;
}

// A cursor is the number of newer predictions.
PredictionPage ManyWatches::PageAt(const std::string& cursor) const {
  int64_t begin = 0;
  (void)absl::SimpleAtoi(cursor, &begin);
  const int64_t end = std::min(count_, begin + PollPlanner::kPageSize);
  PredictionPage page;
  for (int64_t i = begin; i < end; ++i) {
    page.predictions.push_back(Running(count_ - 1 - i));
  }
  if (end < count_) page.next_cursor = absl::StrCat(end);
  return page;
}

int64_t ManyWatches::NextNumber() {
  return static_cast<int64_t>((next_number_++ * kSpread) >> 1) % count_;
}

}  // namespace wriftai
