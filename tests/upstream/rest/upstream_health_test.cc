#include "upstream/rest/upstream_health.h"

#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

constexpr absl::Time kNow = absl::FromUnixSeconds(1000);

UpstreamResult Response(int status) {
  HttpResponse response;
  response.status = status;
  return UpstreamResult::Of(response, false);
}

UpstreamResult Failure(Kind kind, bool by_deadline = false) {
  TransportFailure failure;
  failure.kind = kind;
  return UpstreamResult::Of(failure, by_deadline);
}

// Health after the same result, `times` times.
bool HealthyAfter(UpstreamResult result, int times) {
  UpstreamHealth health;
  for (int i = 0; i < times; ++i) health.OnResult(result, kNow);
  return health.healthy();
}

TEST(UpstreamHealthTest, IsHealthyInitially) {
  EXPECT_TRUE(UpstreamHealth().healthy());
}

TEST(UpstreamHealthTest, IsUnhealthyAfterFiveConsecutiveFailures) {
  for (const UpstreamResult bad :
       {Response(500), Response(502), Response(503), Failure(Kind::kConnect),
        Failure(Kind::kInterrupted), Failure(Kind::kTimeout),
        Failure(Kind::kProtocol)}) {
    EXPECT_TRUE(HealthyAfter(bad, 4));
    EXPECT_FALSE(HealthyAfter(bad, 5));
  }
}

TEST(UpstreamHealthTest, IgnoresErrorsOfCallers) {
  for (const UpstreamResult result :
       {Response(200), Response(401), Response(404), Response(422),
        Response(429), Failure(Kind::kInvalidRequest),
        Failure(Kind::kResponseTooLarge)}) {
    EXPECT_TRUE(HealthyAfter(result, 100));
  }
  EXPECT_TRUE(HealthyAfter(Failure(Kind::kTimeout, true), 100));
  EXPECT_TRUE(HealthyAfter(UpstreamResult::Canceled(), 100));
}

TEST(UpstreamHealthTest, ResetsFailureCountOnResponse) {
  UpstreamHealth health;
  for (int i = 0; i < 100; ++i) {
    health.OnResult(Response(i % 5 == 0 ? 404 : 503), kNow);
    EXPECT_TRUE(health.healthy());
  }
}

TEST(UpstreamHealthTest, RecoversWithFirstResponseAndNotifiesEachChangeOnce) {
  UpstreamHealth health;
  std::vector<bool> changes;
  health.SetListener([&changes](bool healthy) { changes.push_back(healthy); });
  for (int i = 0; i < 20; ++i) health.OnResult(Response(503), kNow);
  EXPECT_EQ(changes, std::vector<bool>{false});
  health.OnResult(Failure(Kind::kInvalidRequest), kNow);
  EXPECT_FALSE(health.healthy());
  for (int i = 0; i < 20; ++i) health.OnResult(Response(404), kNow);
  EXPECT_EQ(changes, (std::vector<bool>{false, true}));
}

TEST(UpstreamHealthTest, KeepsLastFailureAndTimeOfChange) {
  UpstreamHealth health;
  EXPECT_FALSE(health.last_failure().has_value());
  for (int i = 1; i <= 6; ++i) {
    health.OnResult(i == 6 ? Failure(Kind::kConnect) : Response(502),
                    kNow + absl::Seconds(i));
  }
  EXPECT_STREQ(health.last_failure()->description(), "cannot connect");
  EXPECT_EQ(health.changed_at(), kNow + absl::Seconds(5));
  health.OnResult(Response(200), kNow + absl::Seconds(9));
  EXPECT_STREQ(health.last_failure()->description(), "cannot connect");
  EXPECT_EQ(health.changed_at(), kNow + absl::Seconds(9));
}

}  // namespace
}  // namespace wriftai
