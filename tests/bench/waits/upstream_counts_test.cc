#include "tests/bench/waits/upstream_counts.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sandbox/caller.h"
#include "tests/bench/waits/scene.h"
#include "tests/support/status_matchers.h"

namespace wriftai::bench {
namespace {

std::string Client(absl::string_view token, absl::string_view user_agent,
                   absl::string_view seconds) {
  return absl::StrCat(
      R"({"token":")",
      sandbox::RedactedAuthorization(absl::StrCat("Bearer ", token)),
      R"(","user_agent":")", user_agent, R"(","seconds":[)", seconds, "]}");
}

TEST(UpstreamCountsTest, SeparatesGatewayFromOtherSendersOfToken) {
  const auto counts = UpstreamCounts::Parse(absl::StrCat(
      R"({"clients":[)",
      Client("t", "wriftai-gateway/1",
             R"({"second":7,"reads":2,"reads_refused":5},)"
             R"({"second":8,"reads":3,"creates_refused":1})"),
      ",", Client("t", kConsumerAgent, R"({"second":7,"reads":1})"), ",",
      Client("u", "wriftai-gateway/1", R"({"second":7,"reads":9})"), "]}"));
  ASSERT_THAT(counts, IsOk());
  const auto gateway = counts->By("t", Sender::kGateway);
  EXPECT_EQ(Reads(gateway), 10);
  EXPECT_EQ(Refused(gateway), 6);
  EXPECT_EQ(Refused(gateway, {7}), 1);
  EXPECT_EQ(Reads(counts->By("t", Sender::kConsumer)), 1);
  EXPECT_EQ(Reads(counts->By("u", Sender::kGateway)), 9);
  EXPECT_EQ(Reads(counts->By("t", Sender::kNaive)), 0);
}

TEST(UpstreamCountsTest, RejectsOtherJson) {
  EXPECT_THAT(UpstreamCounts::Parse("{}"),
              StatusIs(absl::StatusCode::kInternal,
                       "the sandbox's statistics lack clients"));
}

}  // namespace
}  // namespace wriftai::bench
