#include "upstream/watch/watch_registry.h"

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr char kOtherId[] = "00000000-0000-0000-0000-000000000001";

class WatchRegistryTest : public ::testing::Test {
 protected:
  std::unique_ptr<Subscription> Subscribe(const char* token, const char* id,
                                          RecordingObserver& observer) {
    return registry_.Subscribe(MakeCredential(token), id, WatchOptions(),
                               observer);
  }

  void CompletePoll(size_t call, const char* status) {
    client_.Complete(call, MakePrediction(client_.calls()[call].id, status));
    event_loop_.RunPosted();
  }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::kUnlimited, event_loop_};
  WatchRegistry registry_{WatchRegistry::Options(), event_loop_, client_,
                          budgets_, random_};
  RecordingObserver alice_;
  RecordingObserver bob_;
};

TEST_F(WatchRegistryTest, SharesOnePollAmongAllWaiters) {
  const auto a = Subscribe("token", kId, alice_);
  const auto b = Subscribe("token", kId, bob_);
  event_loop_.RunPosted();
  EXPECT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(registry_.watch_count(), 1u);
  EXPECT_EQ(registry_.waiter_count(), 2u);
}

TEST_F(WatchRegistryTest, EvictsIdleTokensEarlyWhenThereAreMany) {
  const auto stays = Subscribe("stays", kId, alice_);
  for (size_t i = 1; i < IdleEvictor::kHighWatermark; ++i) {
    Subscribe(absl::StrCat(i).c_str(), kId, bob_).reset();
  }
  event_loop_.RunPosted();
  event_loop_.Advance(WatchRegistry::kEvictManyAfter);
  EXPECT_EQ(registry_.credential_count(), IdleEvictor::kHighWatermark);
  Subscribe("one more", kId, bob_).reset();
  event_loop_.RunPosted();
  EXPECT_EQ(registry_.credential_count(), 2u);
  EXPECT_EQ(registry_.waiter_count(), 1u);
}

TEST_F(WatchRegistryTest, SharesNothingAcrossCredentials) {
  const auto a = Subscribe("alice", kId, alice_);
  const auto b = Subscribe("bob", kId, bob_);
  event_loop_.RunPosted();
  ASSERT_THAT(client_.calls(), SizeIs(2));
  CompletePoll(0, "succeeded");
  const bool first_is_alice =
      client_.calls()[0].context.credential->token().Reveal() == "alice";
  EXPECT_EQ(alice_.statuses.size(), first_is_alice ? 1u : 0u);
  EXPECT_EQ(bob_.statuses.size(), first_is_alice ? 0u : 1u);
}

TEST_F(WatchRegistryTest, PollsDifferentPredictionsSeparately) {
  const auto a = Subscribe("token", kId, alice_);
  const auto b = Subscribe("token", kOtherId, bob_);
  event_loop_.RunPosted();
  EXPECT_THAT(client_.calls(), SizeIs(2));
}

TEST_F(WatchRegistryTest, ErasesWatchWhenLastWaiterLeaves) {
  auto a = Subscribe("token", kId, alice_);
  auto b = Subscribe("token", kId, bob_);
  event_loop_.RunPosted();
  a.reset();
  event_loop_.RunPosted();
  EXPECT_EQ(registry_.watch_count(), 1u);
  b.reset();
  EXPECT_EQ(client_.pending_count(), 0u);
  event_loop_.RunPosted();
  EXPECT_EQ(registry_.watch_count(), 0u);
}

TEST_F(WatchRegistryTest, KeepsWatchWhenWaiterReturnsAtOnce) {
  auto a = Subscribe("token", kId, alice_);
  event_loop_.RunPosted();
  CompletePoll(0, "started");
  a.reset();
  const auto b = Subscribe("token", kId, bob_);
  event_loop_.RunPosted();
  EXPECT_EQ(registry_.watch_count(), 1u);
  EXPECT_THAT(bob_.statuses, ElementsAre("started"));
}

TEST_F(WatchRegistryTest, ObserverMayUnsubscribeOnTheEnd) {
  std::unique_ptr<Subscription> self;
  alice_.on_notified = [&] { self.reset(); };
  self = Subscribe("token", kId, alice_);
  event_loop_.RunPosted();
  CompletePoll(0, "succeeded");
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(registry_.watch_count(), 0u);
}

TEST_F(WatchRegistryTest, SubscriptionMayOutliveItsWatch) {
  auto a = Subscribe("token", kId, alice_);
  auto b = Subscribe("token", kId, bob_);
  event_loop_.RunPosted();
  CompletePoll(0, "succeeded");
  a.reset();
  event_loop_.RunPosted();
  ASSERT_EQ(registry_.watch_count(), 0u);
  b.reset();
}

// A slow reader keeps the subscription of a wait that has ended. The cache may
// have evicted the prediction in the meantime, or it was too large.
TEST_F(WatchRegistryTest, LateUnsubscribeDoesNotEndAnotherWait) {
  auto a = Subscribe("token", kId, alice_);
  event_loop_.RunPosted();
  CompletePoll(0, "succeeded");
  registry_.OnTokenRejected(*MakeCredential("token"));  // Evicts the cache.
  const auto b = Subscribe("token", kId, bob_);
  event_loop_.RunPosted();
  a.reset();
  event_loop_.RunPosted();
  CompletePoll(1, "succeeded");
  EXPECT_THAT(bob_.statuses, ElementsAre("succeeded"));
}

TEST_F(WatchRegistryTest, SendsCreateResponseFirstWithoutRead) {
  const auto a = registry_.Subscribe(
      MakeCredential("token"), kId, WatchOptions(), alice_,
      registry_.SnapshotOf(MakePrediction(kId, "pending"), v1::SOURCE_CREATE));
  event_loop_.RunPosted();
  EXPECT_THAT(alice_.statuses, ElementsAre("pending"));
  EXPECT_THAT(client_.calls(), IsEmpty());
}

TEST_F(WatchRegistryTest, TerminalCreateResponseEndsWait) {
  const auto a =
      registry_.Subscribe(MakeCredential("token"), kId, WatchOptions(), alice_,
                          registry_.SnapshotOf(MakePrediction(kId, "succeeded"),
                                               v1::SOURCE_CREATE));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
  EXPECT_THAT(client_.calls(), IsEmpty());
}

// Copying it would block the event loop for 5 ms per MiB.
TEST_F(WatchRegistryTest, CacheSharesTheSnapshotOfAGet) {
  const SnapshotPtr got =
      registry_.SnapshotOf(MakePrediction(kId, "succeeded"), v1::SOURCE_GET);
  registry_.Apply(*MakeCredential("token"), got);
  EXPECT_EQ(registry_.Ended(*MakeCredential("token"), kId), got);
}

TEST_F(WatchRegistryTest, DrainAllEndsEachWaitWithItsOwnStatus) {
  const auto a = Subscribe("token", kId, alice_);
  const auto b = Subscribe("token", kOtherId, bob_);
  event_loop_.RunPosted();
  int count = 0;
  registry_.DrainAll(
      [&] { return absl::UnavailableError(std::to_string(++count)); });
  EXPECT_THAT(alice_.errors,
              ElementsAre(StatusIs(absl::StatusCode::kUnavailable)));
  EXPECT_THAT(bob_.errors,
              ElementsAre(StatusIs(absl::StatusCode::kUnavailable)));
  EXPECT_EQ(count, 2);
  event_loop_.RunPosted();
  EXPECT_EQ(client_.pending_count(), 0u);
}

}  // namespace
}  // namespace wriftai
