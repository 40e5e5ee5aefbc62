#include "service/replica/measured_store.h"

#include <numeric>
#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/cluster/in_memory_store.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class MeasuredStoreTest : public ::testing::Test {
 protected:
  const StoreCallStats& Stats(StoreCall call) const {
    return measured_.stats()[static_cast<size_t>(call)];
  }
  int64_t Count(StoreCall call) const {
    const auto& counts = Stats(call).duration.counts();
    return std::accumulate(counts.begin(), counts.end(), int64_t{0});
  }

  ManualEventLoop event_loop_;
  cluster::InMemoryStore store_{event_loop_};
  MeasuredStore measured_{event_loop_, store_};
};

TEST_F(MeasuredStoreTest, CountsEachKindOfCallWithItsFailures) {
  int ended = 0;
  const absl::Time deadline = event_loop_.Now() + absl::Seconds(1);
  const auto range =
      measured_.Range(cluster::KeyRange::Single("a"), deadline,
                      [&](auto result) { ended += result.ok() ? 1 : 100; });
  const auto keep_alive = measured_.KeepAlive(
      77, deadline, [&](auto result) { ended += result.ok() ? 100 : 1; });
  event_loop_.RunPosted();
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(Count(StoreCall::kRange), 1);
  EXPECT_THAT(Stats(StoreCall::kRange).failures, IsEmpty());
  EXPECT_EQ(Count(StoreCall::kKeepAlive), 1);
  EXPECT_THAT(Stats(StoreCall::kKeepAlive).failures,
              ElementsAre(Pair(absl::StatusCode::kNotFound, 1)));
  EXPECT_EQ(Count(StoreCall::kCommit), 0);
}

TEST_F(MeasuredStoreTest, DroppedCallDoesNotCount) {
  auto call = measured_.GrantLease(absl::Seconds(2), absl::InfiniteFuture(),
                                   [](auto) { FAIL(); });
  call.reset();
  event_loop_.RunPosted();
  EXPECT_EQ(Count(StoreCall::kGrantLease), 0);
}

}  // namespace
}  // namespace wriftai
