#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_REPLICA_FIXTURE_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_REPLICA_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/upstream/cluster/fake_peer_link.h"
#include "tests/upstream/cluster/faulty_store.h"
#include "tests/upstream/cluster/replica.h"
#include "upstream/cluster/in_memory_store.h"
#include "upstream/cluster/records.h"

namespace wriftai::cluster {

// The replica under test, at address "a:1", and a store in which the test plays
// the others.
class ReplicaTest : public ::testing::Test {
 protected:
  explicit ReplicaTest(CoordinationOutage outage = CoordinationOutage::kServe)
      : replica_(std::in_place, event_loop_, connection_, link_, keys_, times_,
                 outage, "a", "a:1") {}

  // Joins, and waits until a pause after joining is over.
  void Join() {
    replica_->session.Start();
    event_loop_.Advance(times_.unreleased_pause() + times_.store_deadline);
    ASSERT_TRUE(replica_->session.active());
  }

  // A write by another client. Returns its revision.
  int64_t PutKey(const std::string& key, const std::string& value,
                 int64_t lease = 0) {
    const int64_t revision =
        store_.state().Commit({{}, {Put{key, value, lease}}, {}})->revision;
    event_loop_.RunPosted();
    return revision;
  }
  void DeleteKey(const std::string& key) {
    (void)store_.state().Commit({{}, {Delete{key}}, {}});
    event_loop_.RunPosted();
  }
  // A session of another replica. Returns its lease.
  int64_t AddMember(const std::string& session, const MemberRecord& record) {
    const int64_t lease =
        *store_.state().GrantLease(absl::Hours(9), event_loop_.Now());
    PutKey(keys_.Member(session), Encode(record), lease);
    return lease;
  }
  int64_t AddMember(const std::string& session, const std::string& address) {
    return AddMember(session, Replica::MemberAt(address));
  }
  void EndMember(int64_t lease) {
    (void)store_.state().RevokeLease(lease);
    event_loop_.RunPosted();
  }

  std::optional<KeyValue> Read(const std::string& key) {
    const auto entries = store_.state().Range(KeyRange::Single(key)).entries;
    return entries.empty() ? std::nullopt : std::make_optional(entries[0]);
  }
  std::string ValueOf(const std::string& key) {
    const auto entry = Read(key);
    return entry.has_value() ? entry->value : "(none)";
  }

  ManualEventLoop event_loop_;
  const ClusterTimes times_ = {};
  const Keys keys_{"c"};
  InMemoryStore store_{event_loop_};
  FaultyStore connection_{event_loop_, store_};
  FakePeerLink link_{event_loop_};
  std::optional<Replica> replica_;  // nullopt: killed.
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_REPLICA_FIXTURE_H_
