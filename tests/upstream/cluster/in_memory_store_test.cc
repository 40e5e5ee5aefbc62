#include "upstream/cluster/in_memory_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const KeyRange kAll = {"", "\xff"};

class InMemoryStoreTest : public ::testing::Test {
 protected:
  // A callback that keeps its only argument.
  template <typename T>
  static auto Into(std::optional<T>& result) {
    return [&result](T value) { result = std::move(value); };
  }

  absl::StatusOr<TxnResult> PutKey(const std::string& key, int64_t lease = 0) {
    std::optional<absl::StatusOr<TxnResult>> result;
    const CallHandle call = store_.Commit({{}, {Put{key, "", lease}}, {}},
                                          deadline(), Into(result));
    EXPECT_FALSE(result.has_value()) << "the callback ran inside the call";
    event_loop_.RunPosted();
    return *result;
  }
  int64_t Grant(absl::Duration ttl) {
    std::optional<absl::StatusOr<int64_t>> lease;
    const CallHandle call = store_.GrantLease(ttl, deadline(), Into(lease));
    event_loop_.RunPosted();
    return **lease;
  }
  // Adds what it sees to seen_: KEY, or -KEY if deleted, or the error.
  CallHandle WatchFrom(int64_t revision) {
    return store_.Watch(
        kAll, revision,
        [this](const absl::StatusOr<std::vector<Event>>& events) {
          if (!events.ok()) {
            seen_.push_back(events.status().ToString());
            return;
          }
          for (const Event& event : *events) {
            seen_.push_back((event.deleted ? "-" : "") + event.entry.key);
          }
        });
  }
  absl::Time deadline() const { return event_loop_.Now() + absl::Seconds(1); }

  ManualEventLoop event_loop_;
  InMemoryStore store_{event_loop_};
  std::vector<std::string> seen_;
};

TEST_F(InMemoryStoreTest, ReadsWhatWasCommitted) {
  EXPECT_TRUE(PutKey("a")->applied);
  std::optional<absl::StatusOr<RangeResult>> read;
  const CallHandle call = store_.Range(kAll, deadline(), Into(read));
  event_loop_.RunPosted();
  ASSERT_THAT(*read, IsOk());
  EXPECT_THAT((*read)->entries, SizeIs(1));
}

TEST_F(InMemoryStoreTest, DroppedCallTakesEffectWithoutCallback) {
  std::optional<absl::StatusOr<TxnResult>> result;
  store_.Commit({{}, {Put{"a", ""}}, {}}, deadline(), Into(result)).reset();
  event_loop_.RunPosted();
  EXPECT_FALSE(result.has_value());
  EXPECT_THAT(store_.state().Range(kAll).entries, SizeIs(1));
}

TEST_F(InMemoryStoreTest, LeasesExpireByThemselves) {
  const int64_t slow = Grant(absl::Seconds(10));
  const int64_t fast = Grant(absl::Seconds(2));
  ASSERT_THAT(PutKey("slow", slow), IsOk());
  ASSERT_THAT(PutKey("fast", fast), IsOk());
  event_loop_.Advance(absl::Seconds(1));
  std::optional<absl::StatusOr<absl::Duration>> remaining;
  const CallHandle call = store_.KeepAlive(fast, deadline(), Into(remaining));
  event_loop_.Advance(absl::Seconds(1.9));
  EXPECT_THAT(*remaining, IsOkAndHolds(absl::Seconds(2)));
  EXPECT_THAT(store_.state().Range(kAll).entries, SizeIs(2));
  event_loop_.Advance(absl::Seconds(0.1));
  EXPECT_THAT(store_.state().Range(kAll).entries, SizeIs(1));
  event_loop_.Advance(absl::Seconds(7));
  EXPECT_THAT(store_.state().Range(kAll).entries, IsEmpty());
}

TEST_F(InMemoryStoreTest, RevokedLeaseIsNotFound) {
  const int64_t lease = Grant(absl::Seconds(2));
  for (const absl::StatusCode expected :
       {absl::StatusCode::kOk, absl::StatusCode::kNotFound}) {
    std::optional<absl::Status> status;
    const CallHandle call = store_.RevokeLease(lease, deadline(), Into(status));
    event_loop_.RunPosted();
    EXPECT_THAT(*status, StatusIs(expected));
  }
  EXPECT_THAT(PutKey("a", lease), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(InMemoryStoreTest, WatchSeesPastAndFutureEventsOnce) {
  const int64_t lease = Grant(absl::Seconds(2));
  ASSERT_THAT(PutKey("before"), IsOk());
  const int64_t revision = PutKey("a", lease)->revision;
  const CallHandle watch = WatchFrom(revision);
  event_loop_.RunPosted();
  EXPECT_THAT(seen_, ElementsAre("a"));
  ASSERT_THAT(PutKey("b"), IsOk());
  EXPECT_THAT(seen_, ElementsAre("a", "b"));
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_THAT(seen_, ElementsAre("a", "b", "-a"));
}

TEST_F(InMemoryStoreTest, DroppedWatchSeesNothingMore) {
  CallHandle watch = WatchFrom(1);
  ASSERT_THAT(PutKey("a"), IsOk());
  watch.reset();
  ASSERT_THAT(PutKey("b"), IsOk());
  EXPECT_THAT(seen_, ElementsAre("a"));
}

TEST_F(InMemoryStoreTest, WatchBelowCompactedRevisionFailsOnce) {
  const int64_t revision = PutKey("a")->revision;
  ASSERT_THAT(PutKey("b"), IsOk());
  store_.state().Compact(revision + 1);
  const CallHandle watch = WatchFrom(revision);
  event_loop_.RunPosted();
  ASSERT_THAT(PutKey("c"), IsOk());
  EXPECT_THAT(seen_,
              ElementsAre("OUT_OF_RANGE: the revision has been compacted"));
}

TEST_F(InMemoryStoreTest, WatchMayBeDroppedInItsCallback) {
  CallHandle watch;
  watch = store_.Watch(kAll, 1,
                       [&](const absl::StatusOr<std::vector<Event>>& events) {
                         watch.reset();
                         seen_.push_back("called");
                       });
  ASSERT_THAT(PutKey("a"), IsOk());
  ASSERT_THAT(PutKey("b"), IsOk());
  EXPECT_THAT(seen_, ElementsAre("called"));
}

}  // namespace
}  // namespace wriftai::cluster
