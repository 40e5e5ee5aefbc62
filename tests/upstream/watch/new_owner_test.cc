#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/many_waits.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

constexpr int kOld = 60;
constexpr int kNewer = 600;

// A replica that gets Waits of a token from others, which know the predictions.
class NewOwnerTest : public ManyWaitsTest {
 protected:
  NewOwnerTest() {
    for (int i = 0; i < kOld + kNewer; ++i) {
      ids_.push_back(upstream_.AddPrediction(absl::Hours(1)));
      event_loop_.Advance(absl::Seconds(1));
    }
  }

  // As a Wait that was forwarded.
  Waiter& SubscribeKnown(const std::string& id) {
    waiters_.push_back(std::make_unique<Waiter>());
    Waiter& waiter = *waiters_.back();
    WatchOptions options;
    options.created = CreatedAt(upstream_.StateOf(id));
    waiter.subscription =
        registry_.Subscribe(token_, id, options, waiter.observer);
    return waiter;
  }

  std::vector<std::string> ids_;  // Oldest first.
};

TEST_F(NewOwnerTest, FetchesThePagesOfTheCreationTimesThatItGets) {
  // By these, it knows the pages.
  for (size_t i = kOld; i < ids_.size(); i += 10) Subscribe(ids_[i]);
  event_loop_.Advance(absl::Seconds(30));
  std::vector<Waiter*> old;
  for (int i = 0; i < kOld; ++i) old.push_back(&SubscribeKnown(ids_[i]));
  const int64_t gets = upstream_.gets();
  const int64_t lists = upstream_.lists();
  event_loop_.Advance(absl::Seconds(1));
  for (const Waiter* const waiter : old) {
    EXPECT_FALSE(waiter->observer.statuses.empty());
  }
  // The last two pages of 14, and one of the others. Without the times, it
  // would search all from the newest down.
  EXPECT_EQ(upstream_.gets(), gets);
  EXPECT_LE(upstream_.lists(), lists + 3);
}

}  // namespace
}  // namespace wriftai
