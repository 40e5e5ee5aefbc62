#include "service/etcd/etcd_store.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/etcd/etcd_server.h"
#include "tests/service/etcd/store_client.h"
#include "tests/support/status_matchers.h"

// What EtcdStore does when members of etcd fail.

namespace wriftai {
namespace {

using cluster::KeyRange;
using ::testing::AnyOf;
using ::testing::ElementsAre;

const KeyRange kAll = {"", "\xff"};

// A member that has come back answers within this time: kMaxSilence, and a call
// that finds out, are 2 s; the rest is for a busy machine.
constexpr absl::Duration kMaxReturn = absl::Seconds(6);

std::unique_ptr<StoreClient> Connect(std::vector<std::string> endpoints) {
  return std::make_unique<StoreClient>([&](EventLoop& event_loop) {
    return *EtcdStore::Open(event_loop, {std::move(endpoints), "", "", ""});
  });
}

std::vector<std::string> EndpointsOf(
    const std::vector<std::unique_ptr<EtcdServer>>& members) {
  std::vector<std::string> endpoints;
  for (const auto& member : members) endpoints.push_back(member->endpoint());
  return endpoints;
}

TEST(EtcdStoreTest, RestartedServerAnswersSoon) {
  EtcdServer server;
  const auto client = Connect({server.endpoint()});
  ASSERT_THAT(client->Put("a", "1"), IsOk());
  server.Kill();
  // Long enough for gRPC to back off.
  const absl::Time start = client->loop().Now();
  while (client->loop().Now() - start < absl::Seconds(2)) {
    EXPECT_THAT(client->Range(kAll), StatusIs(absl::StatusCode::kUnavailable));
  }
  server.Restart();
  EXPECT_LT(client->WaitUntilReadable(), kMaxReturn);
  EXPECT_EQ(client->Text(kAll), "a=1");
}

TEST(EtcdStoreTest, WatchContinuesAfterRestart) {
  EtcdServer server;
  const auto client = Connect({server.endpoint()});
  const auto put = client->Put("a", "1");
  ASSERT_THAT(put, IsOk());
  WatchLog log;
  const auto watch = client->Watch(kAll, put->revision, log);
  EXPECT_THAT(log.WaitFor(1), ElementsAre("a=1"));
  server.Kill();
  EXPECT_THAT(log.WaitFor(2), ElementsAre("a=1", "UNAVAILABLE"));
  server.Restart();
  client->WaitUntilReadable();
  ASSERT_THAT(client->Put("a", "2"), IsOk());
  WatchLog next;
  const auto next_watch = client->Watch(kAll, log.revision() + 1, next);
  EXPECT_THAT(next.WaitFor(1), ElementsAre("a=2"));
}

TEST(EtcdStoreTest, StoppedServerKeepsDeadlinesAndReturns) {
  EtcdServer server;
  const auto client = Connect({server.endpoint()});
  ASSERT_THAT(client->Put("a", "1"), IsOk());
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  log.WaitFor(1);
  server.Stop();
  client->set_timeout(absl::Milliseconds(600));
  for (int i = 0; i < 3; ++i) {
    const absl::Time start = client->loop().Now();
    EXPECT_THAT(client->Range(kAll).status(),
                StatusIs(AnyOf(absl::StatusCode::kDeadlineExceeded,
                               absl::StatusCode::kUnavailable)));
    EXPECT_LT(client->loop().Now() - start, kMaxReturn);
  }
  // It fails with the connection, long before gRPC's keepalive.
  EXPECT_THAT(log.lines(), ElementsAre("a=1", "UNAVAILABLE"));
  server.Continue();
  EXPECT_LT(client->WaitUntilReadable(), kMaxReturn);
}

TEST(EtcdStoreTest, KeepAliveOfLeaseThatEndedInAStopIsNotFound) {
  EtcdServer server;
  const auto client = Connect({server.endpoint()});
  const auto lease = client->GrantLease(absl::Seconds(1));
  ASSERT_THAT(lease, IsOk());
  ASSERT_THAT(client->Put("a", "1", *lease), IsOk());
  server.Stop();
  // Twice the lease's time: it has ended for the server, too, once that runs.
  client->set_timeout(absl::Milliseconds(600));
  const absl::Time start = client->loop().Now();
  while (client->loop().Now() - start < absl::Seconds(2)) {
    EXPECT_THAT(client->KeepAlive(*lease).status(),
                StatusIs(AnyOf(absl::StatusCode::kDeadlineExceeded,
                               absl::StatusCode::kUnavailable)));
  }
  server.Continue();
  EXPECT_LT(client->WaitUntilReadable(), kMaxReturn);
  client->set_timeout(kPatience);
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  EXPECT_THAT(log.WaitFor(2), ElementsAre("a=1", "-a"));
  EXPECT_THAT(client->KeepAlive(*lease), StatusIs(absl::StatusCode::kNotFound));
}

TEST(EtcdStoreTest, DeadMemberOfThreeIsReplaced) {
  auto members = StartEtcdCluster(3);
  const auto client = Connect(EndpointsOf(members));
  client->WaitUntilReadable();
  ASSERT_THAT(client->Put("a", "1"), IsOk());
  for (auto& member : {members[0].get()}) member->Kill();
  client->set_timeout(absl::Milliseconds(600));
  // Two thirds of an election in addition, if it was the leader.
  EXPECT_LT(client->WaitUntilReadable(), kMaxReturn);
  client->set_timeout(kPatience);
  EXPECT_THAT(client->Put("a", "2"), IsOk());
}

TEST(EtcdStoreTest, StoppedMemberOfThreeIsReplaced) {
  auto members = StartEtcdCluster(3);
  const auto client = Connect(EndpointsOf(members));
  client->WaitUntilReadable();
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  ASSERT_THAT(client->Put("a", "1"), IsOk());
  log.WaitFor(1);
  members[0]->Stop();
  client->set_timeout(absl::Milliseconds(600));
  EXPECT_LT(client->WaitUntilReadable(), kMaxReturn);
  client->set_timeout(kPatience);
  EXPECT_THAT(client->Put("a", "2"), IsOk());
  members[0]->Continue();
}

TEST(EtcdStoreTest, ReadThroughAnotherMemberSeesConfirmedWrites) {
  auto members = StartEtcdCluster(3);
  const auto writer = Connect({members[0]->endpoint()});
  const auto reader = Connect({members[1]->endpoint()});
  writer->WaitUntilReadable();
  reader->WaitUntilReadable();
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(writer->Put("a", absl::StrCat(i)), IsOk());
    ASSERT_EQ(reader->Text(kAll), absl::StrCat("a=", i));
  }
}

TEST(EtcdStoreTest, MembersShareAnIdThatAnotherEtcdLacks) {
  const auto members = StartEtcdCluster(3);
  const EtcdServer other;
  std::set<uint64_t> ids;
  for (const std::string& endpoint : EndpointsOf(members)) {
    const auto client = Connect({endpoint});
    client->WaitUntilReadable();
    ids.insert(client->Range(kAll)->store_id);
  }
  EXPECT_EQ(ids.size(), 1u);
  EXPECT_EQ(ids.count(0), 0u);
  const auto client = Connect({other.endpoint()});
  client->WaitUntilReadable();
  EXPECT_EQ(ids.count(client->Range(kAll)->store_id), 0u);
}

TEST(EtcdStoreTest, WatchOfMemberWithoutTheOthersFails) {
  auto members = StartEtcdCluster(3);
  const auto client = Connect({members[0]->endpoint()});
  client->WaitUntilReadable();
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  ASSERT_THAT(client->Put("a", "1"), IsOk());
  log.WaitFor(1);
  members[1]->Kill();
  members[2]->Kill();
  EXPECT_THAT(log.WaitFor(2), ElementsAre("a=1", "UNAVAILABLE"));
}

}  // namespace
}  // namespace wriftai
