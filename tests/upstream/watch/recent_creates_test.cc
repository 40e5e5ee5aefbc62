#include "upstream/watch/recent_creates.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/watch/many_waits.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RecentCreatesTest, KeepsAtMostMaxCreatesForTheGracePeriod) {
  ManualEventLoop clock;
  RecentCreates creates(clock);
  for (size_t i = 0; i < RecentCreates::kMaxCreates + 10; ++i) {
    creates.Record("many", std::to_string(i));
  }
  creates.Record("few", "1");
  EXPECT_EQ(creates.size(), RecentCreates::kMaxCreates);
  EXPECT_EQ(creates.GraceEnd("few", "1"), clock.Now() + RecentCreates::kGrace);
  EXPECT_EQ(creates.GraceEnd("many", "0"), absl::InfinitePast());
  clock.Advance(RecentCreates::kGrace);
  creates.Record("few", "2");
  EXPECT_EQ(creates.size(), 1u);
}

// Waits for a prediction that the API does not find.
using NotFoundAfterCreateTest = ManyWaitsTest;

TEST_F(NotFoundAfterCreateTest, RetriesNotFoundRightAfterOwnCreate) {
  const std::string id = AddPredictions(1)[0];
  registry_.Apply(*token_, upstream_.StateOf(id), v1::SOURCE_CREATE);
  upstream_.Delete(id);
  Waiter& waiter = Subscribe(id);
  event_loop_.Advance(absl::Seconds(4));
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
  EXPECT_THAT(upstream_.GetsOf(id), SizeIs(Ge(3u)));
  upstream_.Undelete(id);
  EXPECT_GE(UpdatesOf(waiter, absl::Seconds(5)), 2u);
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
}

TEST_F(NotFoundAfterCreateTest, NotFoundLongAfterOwnCreateEndsWait) {
  const std::string id = AddPredictions(1)[0];
  registry_.Apply(*token_, upstream_.StateOf(id), v1::SOURCE_CREATE);
  upstream_.Delete(id);
  Waiter& waiter = Subscribe(id);
  event_loop_.Advance(RecentCreates::kGrace - absl::Milliseconds(1));
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(waiter.observer.errors,
              ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
}

TEST_F(NotFoundAfterCreateTest, NotFoundAfterAnotherTokensCreateEndsWait) {
  const std::string id = AddPredictions(1)[0];
  registry_.Apply(*MakeCredential("other"), upstream_.StateOf(id),
                  v1::SOURCE_CREATE);
  upstream_.Delete(id);
  Waiter& waiter = Subscribe(id);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(waiter.observer.errors,
              ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
}

TEST_F(NotFoundAfterCreateTest, GoneRightAfterOwnCreateEndsWait) {
  const std::string id = AddPredictions(1)[0];
  registry_.Apply(*token_, upstream_.StateOf(id), v1::SOURCE_CREATE);
  absl::Status gone =
      GatewayError(absl::StatusCode::kNotFound, v1::NOT_FOUND, "410");
  SetMetadata("http_status", "410", gone);
  upstream_.Fail(id, gone);
  Waiter& waiter = Subscribe(id);
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_THAT(waiter.observer.errors, ElementsAre(gone));
}

}  // namespace
}  // namespace wriftai
