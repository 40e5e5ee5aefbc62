#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/uuid.h"
#include "tests/sandbox/request_handler_fixture.h"

namespace wriftai::sandbox {
namespace {

using testing::HasSubstr;

using LimitsTest = RequestHandlerTest;

TEST_F(LimitsTest, AddsRequestIdAndRatesToEveryResponse) {
  for (const Response& response :
       {Create(kEcho), Create("{"), Get("x"), Call("GET", "/nothing"),
        Call("PUT", "/v1/predictions"), Call("GET", "/v1/predictions")}) {
    EXPECT_TRUE(ParseUuid(Header(response, "x-request-id")).has_value());
    EXPECT_NE(Header(response, "x-ratelimit-limit"), "absent");
    EXPECT_NE(Header(response, "x-ratelimit-remaining"), "absent");
    EXPECT_EQ(Header(response, "x-ratelimit-reset"), "1001");
    EXPECT_EQ(Header(response, "content-type"), "application/json");
  }
}

TEST_F(LimitsTest, SendsResetAsDelta) {
  options_.reset_as_delta = true;
  clock_.Advance(absl::Milliseconds(300));
  EXPECT_EQ(Header(Create(kEcho), "x-ratelimit-reset"), "1");
}

TEST_F(LimitsTest, RefusesAndCountsRequestsAboveRate) {
  options_.rates.enforce = true;
  for (int i = 0; i < 3; ++i) Call("GET", "/v1/predictions");
  const Response response = Call("GET", "/v1/predictions");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.body, R"({"detail":"Too Many Requests"})");
  EXPECT_EQ(Header(response, "x-ratelimit-remaining"), "0");
  EXPECT_EQ(Create(kEcho).status, 202);
  EXPECT_EQ(state_->traffic.Stats().rate_limited["read"], 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Call("GET", "/v1/predictions").status, 200);
}

TEST_F(LimitsTest, CountsCancelAsRead) {
  options_.rates.enforce = true;
  const std::string id = CreatedId(kSlow);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Cancel(id).status, 200);
  EXPECT_EQ(Get(id).status, 429);
}

TEST_F(LimitsTest, RejectsRequestsWithoutToken) {
  token_ = "";
  const Response response = Create(kEcho);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.body, R"({"detail":"Not authenticated"})");
  EXPECT_EQ(Header(response, "x-ratelimit-limit"), "1");
}

TEST_F(LimitsTest, AcceptsOnlyListedTokens) {
  options_.auth.tokens.emplace_back("good");
  EXPECT_EQ(Create(kEcho).status, 401);
  token_ = "good";
  EXPECT_EQ(Create(kEcho).status, 202);
}

TEST_F(LimitsTest, AnonymousClientsShareBucket) {
  options_.rates.enforce = true;
  options_.auth.allow_anonymous = true;
  token_ = "";
  EXPECT_EQ(Create(kEcho).status, 202);
  EXPECT_EQ(Create(kEcho).status, 429);
  EXPECT_EQ(state_->traffic.Stats().rate_limited["anonymous"], 1);
}

TEST_F(LimitsTest, HidesPredictionsOfOtherTokens) {
  const std::string id = CreatedId(kSlow);
  token_ = "other";
  EXPECT_EQ(Get(id).status, 404);
  EXPECT_EQ(Cancel(id).status, 404);
  EXPECT_THAT(Call("GET", "/v1/predictions").body, HasSubstr(R"("items":[])"));
}

}  // namespace
}  // namespace wriftai::sandbox
