#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/etcd/etcd_store.h"
#include "tests/service/etcd/fake_etcd.h"
#include "tests/service/etcd/store_client.h"
#include "tests/support/free_port.h"
#include "tests/support/recent_log.h"
#include "tests/support/status_matchers.h"

// An etcd that breaks its API, or does not answer.

namespace wriftai {
namespace {

using cluster::KeyRange;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const KeyRange kAll = {"", "\xff"};

grpc::Status EmptyRange(etcdserverpb::RangeResponse& response) {
  response.mutable_header()->set_revision(7);
  return grpc::Status::OK;
}

// A response that breaks the API.
template <typename Response>
grpc::Status Malformed(Response& /*response*/) {
  return grpc::Status::OK;
}

etcdserverpb::WatchResponse Confirmation() {
  etcdserverpb::WatchResponse response;
  response.mutable_header()->set_revision(7);
  response.set_created(true);
  return response;
}

FakeEtcd::Answers Readable() {
  FakeEtcd::Answers answers;
  answers.range = EmptyRange;
  return answers;
}

std::string UnreachableEndpoint() {
  return absl::StrCat("http://127.0.0.1:", FreePort());
}

// Calls have little time, because many get no answer.
std::unique_ptr<StoreClient> Connect(std::vector<std::string> endpoints) {
  auto client = std::make_unique<StoreClient>([&](EventLoop& event_loop) {
    return *EtcdStore::Open(event_loop, {std::move(endpoints), "", "", ""});
  });
  client->set_timeout(absl::Milliseconds(400));
  return client;
}

TEST(UntrustedEtcdTest, MalformedResponseMovesCallsToTheNextMember) {
  FakeEtcd::Answers answers;
  answers.range = Malformed<etcdserverpb::RangeResponse>;
  const FakeEtcd first(answers);
  const FakeEtcd second(Readable());
  const auto client = Connect({first.endpoint(), second.endpoint()});
  EXPECT_THAT(client->Range(kAll),
              StatusIs(absl::StatusCode::kUnavailable,
                       "etcd: malformed response: no revision"));
  EXPECT_THAT(client->Range(kAll), IsOk());
}

TEST(UntrustedEtcdTest, MalformedResponsesToWritesAreUncertain) {
  FakeEtcd::Answers answers;
  answers.txn = Malformed<etcdserverpb::TxnResponse>;
  answers.grant = Malformed<etcdserverpb::LeaseGrantResponse>;
  answers.keep_alive = Malformed<etcdserverpb::LeaseKeepAliveResponse>;
  const FakeEtcd etcd(answers);
  const auto client = Connect({etcd.endpoint()});
  EXPECT_THAT(client->Put("a", "1"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(client->GrantLease(absl::Seconds(1)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(client->KeepAlive(5), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(UntrustedEtcdTest, TooLargeResponseIsUncertain) {
  FakeEtcd::Answers answers;
  answers.txn = [](etcdserverpb::TxnResponse& response) {
    response.mutable_header()->set_revision(7);
    response.set_succeeded(true);
    response.add_responses()->mutable_response_range()->add_kvs()->set_value(
        std::string(EtcdChannel::kMaxMessageBytes, 'x'));
    return grpc::Status::OK;
  };
  const FakeEtcd etcd(answers);
  const auto client = Connect({etcd.endpoint()});
  client->set_timeout(kPatience);
  EXPECT_THAT(client->Put("a", "1"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("larger")));
}

TEST(UntrustedEtcdTest, CallEndsAtItsDeadline) {
  const FakeEtcd silent({});
  const auto client = Connect({silent.endpoint()});
  const absl::Time start = client->loop().Now();
  EXPECT_THAT(client->Range(kAll),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  const absl::Duration taken = client->loop().Now() - start;
  EXPECT_GE(taken, absl::Milliseconds(399));  // The clocks are not in step.
  EXPECT_LT(taken, absl::Seconds(2));
}

TEST(UntrustedEtcdTest, SilentMemberLosesItsCalls) {
  const FakeEtcd silent({});
  const FakeEtcd second(Readable());
  const auto client = Connect({silent.endpoint(), second.endpoint()});
  EXPECT_THAT(client->Range(kAll),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(client->Range(kAll), IsOk());
  EXPECT_THAT(client->Range(kAll), IsOk());
}

TEST(UntrustedEtcdTest, UnreachableMemberLosesItsCalls) {
  const FakeEtcd second(Readable());
  const auto client = Connect({UnreachableEndpoint(), second.endpoint()});
  client->set_timeout(kPatience);
  EXPECT_THAT(client->Range(kAll), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(client->Range(kAll), IsOk());
}

TEST(UntrustedEtcdTest, UnconfirmedWatchFailsAndMovesCalls) {
  const FakeEtcd silent({});
  const FakeEtcd second(Readable());
  const auto client = Connect({silent.endpoint(), second.endpoint()});
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  EXPECT_THAT(log.WaitFor(1), ElementsAre("UNAVAILABLE"));
  EXPECT_THAT(client->Range(kAll), IsOk());
}

TEST(UntrustedEtcdTest, WatchFailsOnceOnMalformedResponse) {
  FakeEtcd::Answers answers = Readable();
  answers.watch = {Confirmation(), Confirmation(), Confirmation()};
  const FakeEtcd etcd(answers);
  const auto client = Connect({etcd.endpoint()});
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  EXPECT_THAT(log.WaitFor(1), ElementsAre("UNAVAILABLE"));
  EXPECT_THAT(client->Range(kAll), IsOk());
  EXPECT_THAT(log.lines(), ElementsAre("UNAVAILABLE"));
}

TEST(UntrustedEtcdTest, WatchFailsWithItsSilentConnection) {
  FakeEtcd::Answers answers;
  answers.watch = {Confirmation()};
  const FakeEtcd etcd(answers);
  const auto client = Connect({etcd.endpoint()});
  WatchLog log;
  const auto watch = client->Watch(kAll, 1, log);
  const absl::Time start = client->loop().Now();
  while (log.lines().empty() && client->loop().Now() - start < kPatience) {
    EXPECT_THAT(client->Range(kAll),
                StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  EXPECT_THAT(log.lines(), ElementsAre("UNAVAILABLE"));
  EXPECT_LT(client->loop().Now() - start, absl::Seconds(3));
}

TEST(UntrustedEtcdTest, CallsInFlightAreBounded) {
  const auto client = Connect({UnreachableEndpoint()});
  absl::Notification done;
  absl::Status last;
  std::vector<CallHandle> calls;
  // None ends before this task.
  RunOnLoop(client->loop(), [&] {
    for (size_t i = 0; i < EtcdStore::kMaxCalls; ++i) {
      calls.push_back(client->store().Range(kAll, client->deadline(),
                                            [](const auto& /*result*/) {}));
    }
    calls.push_back(client->store().Range(kAll, client->deadline(),
                                          [&](const auto& result) {
                                            last = result.status();
                                            done.Notify();
                                          }));
  });
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kPatience));
  EXPECT_THAT(last, StatusIs(absl::StatusCode::kUnavailable,
                             "too many calls to etcd (2000)"));
  RunOnLoop(client->loop(), [&] { calls.clear(); });
}

TEST(UntrustedEtcdTest, StoreMayEndBeforeItsDroppedCalls) {
  const FakeEtcd silent({});
  auto client = Connect({silent.endpoint()});
  client->set_timeout(kPatience);
  RunOnLoop(client->loop(), [&] {
    for (int i = 0; i < 10; ++i) {
      client->store()
          .Range(kAll, client->deadline(),
                 [](const auto& /*result*/) { ADD_FAILURE(); })
          .reset();
    }
  });
  client.reset();
}

TEST(UntrustedEtcdTest, WatchMayBeDroppedAtAnyMoment) {
  FakeEtcd::Answers answers = Readable();
  answers.watch.assign(10, Confirmation());
  for (size_t i = 1; i < 10; ++i) answers.watch[i].set_created(false);
  const FakeEtcd etcd(answers);
  const auto client = Connect({etcd.endpoint()});
  for (int i = 0; i < 50; ++i) {
    WatchLog log;
    auto watch = client->Watch(kAll, 1, log);
    // A response may be on its way, or be with the loop.
    if (i % 2 == 0) client->Range(kAll).IgnoreError();
    watch.Drop();
    EXPECT_THAT(log.lines(), IsEmpty());
  }
}

TEST(UntrustedEtcdTest, LogsRejectionsOnceIn10SecondsBesideGoodReads) {
  const RecentLog log;
  for (const auto& [code, message] :
       {std::pair(grpc::StatusCode::RESOURCE_EXHAUSTED,
                  "etcdserver: mvcc: database space exceeded"),
        std::pair(grpc::StatusCode::PERMISSION_DENIED,
                  "etcdserver: permission denied"),
        std::pair(grpc::StatusCode::UNAUTHENTICATED,
                  "etcdserver: invalid auth token")}) {
    FakeEtcd::Answers answers = Readable();
    answers.grant = [status = grpc::Status(code, message)](auto&) {
      return status;
    };
    const FakeEtcd etcd(answers);
    const auto client = Connect({etcd.endpoint()});
    const std::string before = log.text();
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(client->GrantLease(absl::Seconds(1)),
                  StatusIs(static_cast<absl::StatusCode>(code)));
      EXPECT_THAT(client->Range(kAll), IsOk());
    }
    EXPECT_EQ(log.text(),
              absl::StrCat(before, "error etcd rejects a call: ",
                           absl::StripPrefix(etcd.endpoint(), "http://"),
                           ": etcd: ", message, "\n"));
  }
}

}  // namespace
}  // namespace wriftai
