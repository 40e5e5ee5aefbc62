#include "upstream/cluster/store_state.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Time kStart = absl::UnixEpoch();
const KeyRange kAll = {"", "\xff"};

class StoreStateTest : public ::testing::Test {
 protected:
  int64_t PutKey(const std::string& key, const std::string& value = "",
                 int64_t lease = 0) {
    return state_.Commit({{}, {Put{key, value, lease}}, {}})->revision;
  }
  std::vector<std::string> KeysNow() const {
    std::vector<std::string> keys;
    for (const KeyValue& entry : state_.Range(kAll).entries) {
      keys.push_back(entry.key);
    }
    return keys;
  }

  StoreState state_;
};

TEST_F(StoreStateTest, CountsRevisionsAsEtcdDoes) {
  EXPECT_EQ(state_.revision(), 1);
  EXPECT_EQ(PutKey("a", "1"), 2);
  EXPECT_EQ(PutKey("a", "2"), 3);
  const RangeResult read = state_.Range(KeyRange::Single("a"));
  ASSERT_THAT(read.entries, SizeIs(1));
  EXPECT_EQ(read.revision, 3);
  EXPECT_EQ(read.entries[0].value, "2");
  EXPECT_EQ(read.entries[0].create_revision, 2);
  EXPECT_EQ(read.entries[0].mod_revision, 3);
  // A key that is created again gets a new create_revision.
  ASSERT_THAT(state_.Commit({{}, {Delete{"a"}}, {}}), IsOk());
  EXPECT_EQ(PutKey("a"), 5);
  EXPECT_EQ(state_.Range(kAll).entries[0].create_revision, 5);
}

TEST_F(StoreStateTest, DeletingNothingMakesNoRevision) {
  const auto result = state_.Commit({{}, {Delete{"a"}}, {}});
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->applied);
  EXPECT_EQ(result->revision, 1);
}

TEST_F(StoreStateTest, RangeExcludesItsEnd) {
  for (const char* const key : {"a", "b", "b0", "c"}) PutKey(key);
  EXPECT_THAT(state_.Range({"b", "c"}).entries, SizeIs(2));
  EXPECT_THAT(state_.Range(KeyRange::Single("b")).entries, SizeIs(1));
}

TEST_F(StoreStateTest, TxnAppliesAllWritesInOneRevisionOrNone) {
  const int64_t a = PutKey("a");
  const Txn txn = {{KeyIsAt("a", a), KeyIsAbsent("b")},
                   {Put{"b", "1"}, Delete{"a"}},
                   {"a", "b"}};
  auto result = state_.Commit(txn);
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->applied);
  EXPECT_EQ(result->revision, a + 1);
  EXPECT_THAT(result->read, IsEmpty());
  EXPECT_THAT(KeysNow(), ElementsAre("b"));

  result = state_.Commit(txn);
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->applied);
  ASSERT_THAT(result->read, SizeIs(2));
  EXPECT_FALSE(result->read[0].has_value());
  EXPECT_EQ(result->read[1]->value, "1");
  EXPECT_EQ(state_.revision(), a + 1);
}

TEST_F(StoreStateTest, LeaseDeletesItsKeysInOneRevision) {
  const int64_t lease = *state_.GrantLease(absl::Seconds(2), kStart);
  PutKey("a", "", lease);
  PutKey("b", "", lease);
  PutKey("c", "", lease);
  PutKey("c");  // Without the lease now.
  state_.ExpireLeases(kStart + absl::Seconds(2) - absl::Nanoseconds(1));
  EXPECT_THAT(KeysNow(), ElementsAre("a", "b", "c"));
  const int64_t before = state_.revision();
  state_.ExpireLeases(kStart + absl::Seconds(2));
  EXPECT_THAT(KeysNow(), ElementsAre("c"));
  const auto events = state_.EventsFrom(kAll, before + 1);
  ASSERT_THAT(events, IsOkAndHolds(SizeIs(2)));
  for (const Event& event : *events) {
    EXPECT_TRUE(event.deleted);
    EXPECT_EQ(event.entry.mod_revision, before + 1);
  }
  EXPECT_EQ(state_.NextExpiry(), std::nullopt);
}

TEST_F(StoreStateTest, KeepAliveExtendsALease) {
  const int64_t lease = *state_.GrantLease(absl::Seconds(2), kStart);
  PutKey("a", "", lease);
  EXPECT_THAT(state_.KeepAlive(lease, kStart + absl::Seconds(1)),
              IsOkAndHolds(absl::Seconds(2)));
  state_.ExpireLeases(kStart + absl::Seconds(2));
  EXPECT_THAT(KeysNow(), ElementsAre("a"));
  state_.RestartLeases(kStart + absl::Seconds(5));
  EXPECT_EQ(state_.NextExpiry(), kStart + absl::Seconds(7));
}

TEST_F(StoreStateTest, EndedLeaseIsNotFound) {
  const int64_t lease = *state_.GrantLease(absl::Seconds(2), kStart);
  PutKey("a", "", lease);
  EXPECT_THAT(state_.RevokeLease(lease), IsOk());
  EXPECT_THAT(KeysNow(), IsEmpty());
  EXPECT_THAT(state_.RevokeLease(lease), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(state_.KeepAlive(lease, kStart),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(
      state_.Commit({{}, {Put{"b", ""}, Put{"a", "", lease}}, {}}),
      StatusIs(absl::StatusCode::kNotFound, "the lease does not exist"));
  EXPECT_THAT(KeysNow(), IsEmpty());
}

TEST_F(StoreStateTest, FullStoreRejectsPutsAndLeasesOnly) {
  const int64_t lease = *state_.GrantLease(absl::Seconds(2), kStart);
  PutKey("a", "", lease);
  state_.set_full(true);
  // Like etcd, also where the condition would not hold.
  EXPECT_THAT(
      state_.Commit({{KeyIsAbsent("a")}, {Put{"a", ""}}, {}}),
      StatusIs(absl::StatusCode::kResourceExhausted, "the store is full"));
  EXPECT_THAT(state_.GrantLease(absl::Seconds(2), kStart),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(state_.KeepAlive(lease, kStart), IsOk());
  EXPECT_THAT(state_.Commit({{}, {Delete{"a"}}, {}}), IsOk());
  state_.set_full(false);
  PutKey("b");
  EXPECT_THAT(KeysNow(), ElementsAre("b"));
}

TEST_F(StoreStateTest, EventsBeginAtTheRevision) {
  PutKey("a");
  const int64_t second = PutKey("b");
  PutKey("c");
  const auto events = state_.EventsFrom({"a", "c"}, second);
  ASSERT_THAT(events, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(events->front().entry.key, "b");
  EXPECT_THAT(state_.EventsFrom(kAll, state_.revision() + 1),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(StoreStateTest, CompactedRevisionsAreOutOfRange) {
  PutKey("a");
  const int64_t second = PutKey("b");
  state_.Compact(second);
  EXPECT_THAT(state_.EventsFrom(kAll, second - 1),
              StatusIs(absl::StatusCode::kOutOfRange,
                       "the revision has been compacted"));
  EXPECT_THAT(state_.EventsFrom(kAll, second), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(KeysNow(), ElementsAre("a", "b"));
}

TEST_F(StoreStateTest, KeepsBoundedHistory) {
  for (size_t i = 0; i <= StoreState::kMaxEvents; ++i) PutKey("a");
  EXPECT_THAT(state_.EventsFrom(kAll, 2),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(state_.EventsFrom(
                  kAll, state_.revision() - StoreState::kMaxEvents / 2 + 1),
              IsOkAndHolds(SizeIs(StoreState::kMaxEvents / 2)));
}

TEST_F(StoreStateTest, NotifiesOfEachRevision) {
  int commits = 0;
  state_.set_on_commit([&] { ++commits; });
  PutKey("a");
  ASSERT_THAT(state_.Commit({{KeyIsAbsent("a")}, {Put{"a", ""}}, {}}), IsOk());
  EXPECT_EQ(commits, 1);
}

}  // namespace
}  // namespace wriftai::cluster
