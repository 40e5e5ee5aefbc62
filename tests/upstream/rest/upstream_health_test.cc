#include "upstream/rest/upstream_health.h"

#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

HttpResult Response(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

HttpResult Failure(Kind kind) {
  TransportFailure failure;
  failure.kind = kind;
  return failure;
}

// Health after the same result, `times` times.
bool HealthyAfter(const HttpResult& result, int times,
                  bool by_deadline = false) {
  UpstreamHealth health;
  for (int i = 0; i < times; ++i) health.OnResult(result, by_deadline);
  return health.healthy();
}

TEST(UpstreamHealthTest, IsHealthyInitially) {
  EXPECT_TRUE(UpstreamHealth().healthy());
}

TEST(UpstreamHealthTest, IsUnhealthyAfterFiveConsecutiveFailures) {
  for (const HttpResult& bad :
       {Response(500), Response(502), Response(503), Failure(Kind::kConnect),
        Failure(Kind::kInterrupted), Failure(Kind::kTimeout),
        Failure(Kind::kProtocol)}) {
    EXPECT_TRUE(HealthyAfter(bad, 4));
    EXPECT_FALSE(HealthyAfter(bad, 5));
  }
}

TEST(UpstreamHealthTest, IgnoresErrorsOfCallers) {
  for (const HttpResult& result :
       {Response(200), Response(401), Response(404), Response(422),
        Response(429), Failure(Kind::kInvalidRequest),
        Failure(Kind::kResponseTooLarge)}) {
    EXPECT_TRUE(HealthyAfter(result, 100));
  }
  EXPECT_TRUE(HealthyAfter(Failure(Kind::kTimeout), 100, true));
}

TEST(UpstreamHealthTest, ResetsFailureCountOnResponse) {
  UpstreamHealth health;
  for (int i = 0; i < 100; ++i) {
    health.OnResult(Response(i % 5 == 0 ? 404 : 503), false);
    EXPECT_TRUE(health.healthy());
  }
}

TEST(UpstreamHealthTest, RecoversWithFirstResponseAndNotifiesEachChangeOnce) {
  UpstreamHealth health;
  std::vector<bool> changes;
  health.SetListener([&changes](bool healthy) { changes.push_back(healthy); });
  for (int i = 0; i < 20; ++i) health.OnResult(Response(503), false);
  EXPECT_EQ(changes, std::vector<bool>{false});
  health.OnResult(Failure(Kind::kInvalidRequest), false);
  EXPECT_FALSE(health.healthy());
  for (int i = 0; i < 20; ++i) health.OnResult(Response(404), false);
  EXPECT_EQ(changes, (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace wriftai
