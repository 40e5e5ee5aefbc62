#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/etcd/store_backend.h"
#include "tests/service/etcd/store_client.h"
#include "tests/support/status_matchers.h"
#include "upstream/cluster/store.h"

// What cluster::Store promises, of all stores.

namespace wriftai {
namespace {

using cluster::Condition;
using cluster::KeyIsAbsent;
using cluster::KeyIsAt;
using cluster::KeyRange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const KeyRange kAll = {"", "\xff"};

struct BackendParam {
  const char* name;
  std::unique_ptr<StoreBackend> (*make)();
};

class StoreContractTest : public ::testing::TestWithParam<BackendParam> {
 protected:
  // The revision of a put that succeeds.
  int64_t Put(const std::string& key, const std::string& value = "1",
              int64_t lease = 0) {
    const auto result = store_.Put(key, value, lease);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? result->revision : 0;
  }
  int64_t Grant(absl::Duration ttl) {
    const auto lease = store_.GrantLease(ttl);
    EXPECT_THAT(lease, IsOk());
    return lease.ok() ? *lease : 0;
  }

  const std::unique_ptr<StoreBackend> backend_ = GetParam().make();
  StoreClient& store_ = backend_->client();
};

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContractTest,
    ::testing::Values(BackendParam{"InMemory", MakeInMemoryBackend},
                      BackendParam{"Etcd", MakeEtcdBackend}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(StoreContractTest, RangeReadsKeysFromBeginUpToEnd) {
  for (const char* const key : {"b", "a", "bb", "c"}) Put(key);
  EXPECT_EQ(store_.Text({"a", "c"}), "a=1 b=1 bb=1");
  EXPECT_EQ(store_.Text(kAll), "a=1 b=1 bb=1 c=1");
  EXPECT_EQ(store_.Text(KeyRange::Single("b")), "b=1");
  EXPECT_EQ(store_.Text(KeyRange::Single("none")), "");
}

TEST_P(StoreContractTest, RangeShowsRevisionsAndLease) {
  const int64_t lease = Grant(absl::Minutes(1));
  const int64_t created = Put("a", "1", lease);
  const int64_t modified = Put("a", "2", lease);
  const int64_t later = Put("b");
  const auto read = store_.Range(KeyRange::Single("a"));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->revision, later);
  ASSERT_EQ(read->entries.size(), 1u);
  EXPECT_EQ(read->entries[0].create_revision, created);
  EXPECT_EQ(read->entries[0].mod_revision, modified);
  EXPECT_EQ(read->entries[0].lease, lease);
}

TEST_P(StoreContractTest, KeysAndValuesMayHaveAnyBytes) {
  const std::string key("k\0\xff\n", 4);
  const std::string value("\0\x80", 2);
  Put(key, value);
  const auto read = store_.Range(KeyRange::Single(key));
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->entries.size(), 1u);
  EXPECT_EQ(read->entries[0].key, key);
  EXPECT_EQ(read->entries[0].value, value);
}

TEST_P(StoreContractTest, TxnAppliesAllWritesInOneRevision) {
  const int64_t before = Put("gone");
  const auto result =
      store_.Commit({{KeyIsAt("gone", before)},
                     {cluster::Put{"a", "1"}, cluster::Put{"b", "2"},
                      cluster::Delete{"gone"}},
                     {"gone"}});
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->applied);
  EXPECT_EQ(result->revision, before + 1);
  EXPECT_THAT(result->read, IsEmpty());
  const auto read = store_.Range(kAll);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->revision, before + 1);
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->entries[0].mod_revision, before + 1);
  EXPECT_EQ(read->entries[1].mod_revision, before + 1);
}

TEST_P(StoreContractTest, TxnReadsElseKeysInOrderIfAConditionFails) {
  Put("a", "1");
  const int64_t revision = Put("b", "2");
  const auto result = store_.Commit({{KeyIsAt("b", revision), KeyIsAbsent("a")},
                                     {cluster::Put{"a", "new"}},
                                     {"b", "none", "a"}});
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->applied);
  EXPECT_EQ(result->revision, revision);
  ASSERT_EQ(result->read.size(), 3u);
  EXPECT_EQ(result->read[0]->value, "2");
  EXPECT_EQ(result->read[0]->mod_revision, revision);
  EXPECT_EQ(result->read[1], std::nullopt);
  EXPECT_EQ(result->read[2]->value, "1");
  EXPECT_EQ(store_.Text(kAll), "a=1 b=2");
}

TEST_P(StoreContractTest, AbsentKeyHasRevisionZero) {
  const auto result = store_.Commit(
      {{KeyIsAbsent("a"), KeyIsAt("a", 0)}, {cluster::Put{"a", "1"}}, {}});
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->applied);
}

TEST_P(StoreContractTest, ConditionsCompareCreateAndModRevision) {
  const int64_t created = Put("a", "1");
  const int64_t modified = Put("a", "2");
  const Condition created_then = {"a", Condition::Field::kCreateRevision,
                                  created};
  EXPECT_TRUE(store_.Commit({{created_then}, {}, {}})->applied);
  EXPECT_TRUE(store_.Commit({{KeyIsAt("a", modified)}, {}, {}})->applied);
  EXPECT_FALSE(store_.Commit({{KeyIsAt("a", created)}, {}, {}})->applied);
  EXPECT_FALSE(store_.Commit({{KeyIsAbsent("a")}, {}, {}})->applied);
}

TEST_P(StoreContractTest, DeleteOfAbsentKeyChangesNothing) {
  const int64_t revision = Put("a");
  const auto result = store_.Delete("none");
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->applied);
  EXPECT_EQ(result->revision, revision);
}

TEST_P(StoreContractTest, PutUnderMissingLeaseChangesNothing) {
  const auto result = store_.Commit(
      {{}, {cluster::Put{"a", "1"}, cluster::Put{"b", "1", 12345}}, {}});
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(store_.Text(kAll), "");
}

TEST_P(StoreContractTest, LeaseDeletesItsKeysInOneRevisionAtTtlAtTheEarliest) {
  const absl::Duration ttl = absl::Seconds(1);
  const int64_t lease = Grant(ttl);
  const int64_t revision = Put("a", "1", lease);
  Put("b", "1", lease);
  Put("other");
  WatchLog log;
  const auto watch = store_.Watch(kAll, revision, log);
  log.WaitFor(3);
  const absl::Time sent_at = store_.loop().Now();
  EXPECT_THAT(store_.KeepAlive(lease), IsOkAndHolds(ttl));
  EXPECT_THAT(log.WaitFor(4), ElementsAre("a=1", "b=1", "other=1", "-a -b"));
  EXPECT_GE(store_.loop().Now() - sent_at, ttl);
  EXPECT_THAT(store_.KeepAlive(lease), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContractTest, RevokedLeaseDeletesItsKeysInOneRevision) {
  const int64_t lease = Grant(absl::Minutes(1));
  Put("a", "1", lease);
  const int64_t revision = Put("b", "1", lease);
  WatchLog log;
  const auto watch = store_.Watch(kAll, revision + 1, log);
  EXPECT_THAT(store_.RevokeLease(lease), IsOk());
  EXPECT_THAT(log.WaitFor(1), ElementsAre("-a -b"));
  EXPECT_EQ(log.revision(), revision + 1);
  EXPECT_THAT(store_.RevokeLease(lease), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_.KeepAlive(lease), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreContractTest, PutMovesKeyToItsLease) {
  const int64_t first = Grant(absl::Minutes(1));
  const int64_t second = Grant(absl::Minutes(1));
  Put("a", "1", first);
  Put("a", "2", second);
  Put("b", "1", first);
  Put("b", "2");
  EXPECT_THAT(store_.RevokeLease(first), IsOk());
  EXPECT_EQ(store_.Text(kAll), "a=2 b=2");
  EXPECT_THAT(store_.RevokeLease(second), IsOk());
  EXPECT_EQ(store_.Text(kAll), "b=2");
}

TEST_P(StoreContractTest, WatchSeesChangesOfItsRangeFromItsRevisionOn) {
  Put("a", "old");
  const int64_t revision = Put("a", "1");
  Put("c");
  WatchLog log;
  const auto watch = store_.Watch({"a", "c"}, revision, log);
  EXPECT_THAT(log.WaitFor(1), ElementsAre("a=1"));
  ASSERT_THAT(
      store_.Commit({{}, {cluster::Put{"b", "2"}, cluster::Put{"c", "2"}}, {}}),
      IsOk());
  ASSERT_THAT(store_.Delete("a"), IsOk());
  Put("b", "3");
  EXPECT_THAT(log.WaitFor(4), ElementsAre("a=1", "b=2", "-a", "b=3"));
}

TEST_P(StoreContractTest, WatchWaitsForLaterRevision) {
  const int64_t revision = Put("a", "1");
  WatchLog log;
  const auto watch = store_.Watch(kAll, revision + 2, log);
  Put("a", "2");
  Put("a", "3");
  EXPECT_THAT(log.WaitFor(1), ElementsAre("a=3"));
}

TEST_P(StoreContractTest, WatchReportsEventsWithTheirRevisions) {
  const int64_t lease = Grant(absl::Minutes(1));
  const int64_t created = Put("a", "1");
  const int64_t modified = Put("a", "2", lease);
  const int64_t deleted = store_.Delete("a")->revision;
  std::vector<cluster::Event> events;
  absl::Notification done;
  CallHandle watch;
  RunOnLoop(store_.loop(), [&] {
    watch = store_.store().Watch(
        kAll, created, [&](absl::StatusOr<std::vector<cluster::Event>> some) {
          for (cluster::Event& event : *some) events.push_back(event);
          if (events.size() == 3) done.Notify();
        });
  });
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kPatience));
  RunOnLoop(store_.loop(), [&] { watch.reset(); });
  EXPECT_EQ(events[1].entry.value, "2");
  EXPECT_EQ(events[1].entry.create_revision, created);
  EXPECT_EQ(events[1].entry.mod_revision, modified);
  EXPECT_EQ(events[1].entry.lease, lease);
  EXPECT_TRUE(events[2].deleted);
  EXPECT_EQ(events[2].entry.key, "a");
  EXPECT_EQ(events[2].entry.value, "");
  EXPECT_EQ(events[2].entry.mod_revision, deleted);
}

TEST_P(StoreContractTest, WatchReadsLongHistoryInOrder) {
  const int64_t revision = Put("k", "0");
  for (int i = 1; i < 2'500; ++i) Put("k", absl::StrCat(i));
  WatchLog log;
  const auto watch = store_.Watch(kAll, revision, log);
  const std::vector<std::string> lines = log.WaitFor(2'500);
  ASSERT_EQ(lines.size(), 2'500u);
  for (int i = 0; i < 2'500; ++i) ASSERT_EQ(lines[i], absl::StrCat("k=", i));
}

TEST_P(StoreContractTest, WatchOfCompactedRevisionFailsOnce) {
  const int64_t revision = Put("a", "1");
  Put("a", "2");
  Put("a", "3");
  backend_->Compact(revision + 1);
  WatchLog compacted;
  const auto failing = store_.Watch(kAll, revision, compacted);
  EXPECT_THAT(compacted.WaitFor(1), ElementsAre("OUT_OF_RANGE"));
  // The oldest that is left, and an event that all open watches see.
  WatchLog kept;
  const auto watch = store_.Watch(kAll, revision + 1, kept);
  Put("a", "4");
  EXPECT_THAT(kept.WaitFor(3), ElementsAre("a=2", "a=3", "a=4"));
  EXPECT_THAT(compacted.lines(), ElementsAre("OUT_OF_RANGE"));
}

TEST_P(StoreContractTest, DroppedWatchSeesNothingMore) {
  WatchLog dropped;
  WatchLog kept;
  const int64_t revision = Put("a", "1");
  const auto watch = store_.Watch(kAll, revision, kept);
  {
    const auto dropping = store_.Watch(kAll, revision, dropped);
    dropped.WaitFor(1);
  }
  Put("a", "2");
  EXPECT_THAT(kept.WaitFor(2), ElementsAre("a=1", "a=2"));
  EXPECT_THAT(dropped.lines(), ElementsAre("a=1"));
}

TEST_P(StoreContractTest, WatchMayBeDroppedInItsCallback) {
  int calls = 0;
  CallHandle watch;
  WatchLog kept;
  const int64_t revision = Put("a", "1");
  RunOnLoop(store_.loop(), [&] {
    watch = store_.store().Watch(kAll, revision, [&](const auto& /*events*/) {
      watch.reset();
      ++calls;
    });
  });
  const auto other = store_.Watch(kAll, revision, kept);
  kept.WaitFor(1);
  Put("a", "2");
  EXPECT_THAT(kept.WaitFor(2), ElementsAre("a=1", "a=2"));
  RunOnLoop(store_.loop(), [&] { EXPECT_EQ(calls, 1); });
}

TEST_P(StoreContractTest, CallMayBeDroppedInItsCallback) {
  CallHandle call;
  absl::Notification done;
  RunOnLoop(store_.loop(), [&] {
    call =
        store_.store().Range(kAll, store_.deadline(), [&](const auto& result) {
          call.reset();
          EXPECT_THAT(result, IsOk());
          done.Notify();
        });
  });
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kPatience));
}

TEST_P(StoreContractTest, DroppedCallTakesEffectWithoutCallback) {
  bool called = false;
  WatchLog log;
  const auto watch = store_.Watch(kAll, 1, log);
  RunOnLoop(store_.loop(), [&] {
    store_.store()
        .Commit({{}, {cluster::Put{"a", "1"}}, {}}, store_.deadline(),
                [&](const auto& /*result*/) { called = true; })
        .reset();
  });
  EXPECT_THAT(log.WaitFor(1), ElementsAre("a=1"));
  // A later call has come back, and the dropped one has not.
  EXPECT_EQ(store_.Text(kAll), "a=1");
  RunOnLoop(store_.loop(), [&] { EXPECT_FALSE(called); });
}

TEST_P(StoreContractTest, FullStoreRejectsWritesAndContinuesReads) {
  const int64_t lease = Grant(absl::Minutes(1));
  const int64_t revision = Put("a", "1", lease);
  WatchLog log;
  const auto watch = store_.Watch(KeyRange::Single("a"), revision, log);
  backend_->Fill();
  EXPECT_THAT(store_.Put("a", "2"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(store_.GrantLease(absl::Minutes(1)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(store_.Text(KeyRange::Single("a")), "a=1");
  EXPECT_THAT(store_.KeepAlive(lease), IsOkAndHolds(absl::Minutes(1)));
  EXPECT_THAT(store_.RevokeLease(lease), IsOk());
  EXPECT_THAT(log.WaitFor(2), ElementsAre("a=1", "-a"));
}

TEST_P(StoreContractTest, CallbackRunsAtThePassedDeadline) {
  store_.set_timeout(-absl::Seconds(1));
  // A store may have been fast enough, but it calls back.
  EXPECT_THAT(store_.Range(kAll).status(),
              StatusIs(::testing::AnyOf(absl::StatusCode::kOk,
                                        absl::StatusCode::kDeadlineExceeded)));
}

}  // namespace
}  // namespace wriftai
