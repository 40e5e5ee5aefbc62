#include "upstream/watch/snapshot_cache.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

class SnapshotCacheTest : public ::testing::Test {
 protected:
  static SnapshotPtr Make(const std::string& id, const char* status = "started",
                          size_t bytes = 0, int updated = 0) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->prediction = MakePrediction(id, status, updated);
    snapshot->prediction.set_output_json(std::string(bytes, 'x'));
    return snapshot;
  }

  ManualEventLoop event_loop_;
  SnapshotCache cache_{{40'000, absl::Minutes(5)}, event_loop_};
};

TEST_F(SnapshotCacheTest, ReturnsCachedSnapshot) {
  const SnapshotPtr put = Make("a");
  cache_.Put("alice", put);
  EXPECT_EQ(cache_.Find("alice", "a"), put);
  EXPECT_EQ(cache_.Find("alice", "b"), nullptr);
}

TEST_F(SnapshotCacheTest, SeparatesCredentials) {
  cache_.Put("alice", Make("a"));
  EXPECT_EQ(cache_.Find("bob", "a"), nullptr);
}

TEST_F(SnapshotCacheTest, ExpiresSnapshots) {
  cache_.Put("alice", Make("a"));
  event_loop_.Advance(absl::Minutes(5) - absl::Seconds(1));
  EXPECT_NE(cache_.Find("alice", "a"), nullptr);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(cache_.Find("alice", "a"), nullptr) << "use does not prolong it";
  EXPECT_EQ(cache_.size(), 0u);
  EXPECT_EQ(cache_.bytes(), 0);
}

TEST_F(SnapshotCacheTest, EvictsLeastRecentlyUsedFirst) {
  for (const char* id : {"a", "b", "c", "d"}) {
    cache_.Put("alice", Make(id, "started", 8'000));
  }
  ASSERT_NE(cache_.Find("alice", "a"), nullptr);
  cache_.Put("bob", Make("e", "started", 8'000));
  EXPECT_EQ(cache_.Find("alice", "b"), nullptr);
  EXPECT_NE(cache_.Find("alice", "a"), nullptr);
  EXPECT_NE(cache_.Find("bob", "e"), nullptr);
  EXPECT_LE(cache_.bytes(), 40'000);
}

TEST_F(SnapshotCacheTest, EvictsFromTheLargestCredential) {
  cache_.Put("bob", Make("a", "succeeded", 8'000));
  for (int i = 0; i < 100; ++i) {
    cache_.Put("alice", Make(std::to_string(i), "succeeded", 8'000));
  }
  EXPECT_NE(cache_.Find("bob", "a"), nullptr);
  EXPECT_NE(cache_.Find("alice", "99"), nullptr);
  EXPECT_LE(cache_.bytes(), 40'000);
}

TEST_F(SnapshotCacheTest, RejectsSnapshotLargerThanAQuarter) {
  cache_.Put("alice", Make("small"));
  cache_.Put("alice", Make("large", "succeeded", 10'001));
  EXPECT_FALSE(cache_.Fits(Make("large", "succeeded", 10'001)->prediction));
  EXPECT_TRUE(cache_.Fits(Make("small")->prediction));
  EXPECT_EQ(cache_.Find("alice", "large"), nullptr);
  EXPECT_NE(cache_.Find("alice", "small"), nullptr);
}

TEST_F(SnapshotCacheTest, KeepsNewerStateOverOlderOne) {
  cache_.Put("alice", Make("a", "succeeded"));
  cache_.Put("alice", Make("a", "started"));
  EXPECT_EQ(cache_.Find("alice", "a")->prediction.status_text(), "succeeded");
}

TEST_F(SnapshotCacheTest, ReplacesOlderStateAndItsBytes) {
  cache_.Put("alice", Make("a", "started", 8'000));
  cache_.Put("alice", Make("a", "succeeded"));
  EXPECT_EQ(cache_.Find("alice", "a")->prediction.status_text(), "succeeded");
  EXPECT_LT(cache_.bytes(), 2'000);
  EXPECT_EQ(cache_.size(), 1u);
}

TEST_F(SnapshotCacheTest, EvictsOnlyTheGivenCredential) {
  for (const char* id : {"a", "b"}) {
    for (const char* key : {"alice", "bob", "carol"}) cache_.Put(key, Make(id));
  }
  cache_.Evict("bob");
  EXPECT_EQ(cache_.size(), 4u);
  EXPECT_EQ(cache_.Find("bob", "a"), nullptr);
  EXPECT_NE(cache_.Find("carol", "a"), nullptr);
}

TEST_F(SnapshotCacheTest, CachesNothingWithZeroCapacity) {
  SnapshotCache none({0, absl::Minutes(5)}, event_loop_);
  none.Put("alice", Make("a"));
  EXPECT_EQ(none.size(), 0u);
}

}  // namespace
}  // namespace wriftai
