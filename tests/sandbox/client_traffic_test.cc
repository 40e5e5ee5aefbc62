#include "sandbox/client_traffic.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sandbox/caller.h"

namespace wriftai::sandbox {
namespace {

constexpr bool kReads = false;
constexpr bool kCreates = true;

Request From(const std::string& token, const std::string& user_agent) {
  Request request;
  request.headers = {{"Authorization", "Bearer " + token},
                     {"User-Agent", user_agent}};
  return request;
}

ClientTraffic::Client ClientOf(const std::string& token,
                               const std::string& user_agent) {
  return {RedactedAuthorization("Bearer " + token), user_agent};
}

TEST(ClientTrafficTest, CountsRefusedRequestsByClientAndSecond) {
  ClientTraffic traffic;
  const absl::Time start = absl::FromUnixSeconds(7);
  traffic.Count(From("t", "a"), kReads, 200, start);
  traffic.Count(From("t", "a"), kReads, 429, start + absl::Milliseconds(999));
  traffic.Count(From("t", "a"), kReads, 404, start + absl::Seconds(1));
  traffic.Count(From("t", "b"), kCreates, 429, start);
  traffic.Count(From("u", "a"), kCreates, 202, start);

  ASSERT_EQ(traffic.clients().size(), 3u);
  const auto& first = traffic.clients().at(ClientOf("t", "a"));
  EXPECT_EQ(first.at(7).reads, 1);
  EXPECT_EQ(first.at(7).reads_refused, 1);
  EXPECT_EQ(first.at(8).reads, 1);
  EXPECT_EQ(first.at(8).reads_refused, 0);
  EXPECT_EQ(traffic.clients().at(ClientOf("t", "b")).at(7).creates_refused, 1);
  EXPECT_EQ(traffic.clients().at(ClientOf("u", "a")).at(7).creates, 1);
}

TEST(ClientTrafficTest, CombinesClientsBeyondLimit) {
  ClientTraffic traffic;
  for (size_t i = 0; i < ClientTraffic::kMaxClients + 2; ++i) {
    traffic.Count(From("t", absl::StrCat("agent ", i)), kReads, 200,
                  absl::FromUnixSeconds(7));
  }
  EXPECT_EQ(traffic.clients().size(), ClientTraffic::kMaxClients + 1);
  EXPECT_EQ(traffic.clients().at({"", ""}).at(7).reads, 2);
}

TEST(ClientTrafficTest, DropsOldestSecond) {
  ClientTraffic traffic;
  for (size_t i = 0; i <= ClientTraffic::kMaxSeconds; ++i) {
    traffic.Count(From("t", "a"), kReads, 200,
                  absl::FromUnixSeconds(static_cast<int64_t>(i)));
  }
  const auto& seconds = traffic.clients().at(ClientOf("t", "a"));
  EXPECT_EQ(seconds.size(), ClientTraffic::kMaxSeconds);
  EXPECT_EQ(seconds.begin()->first, 1);
}

}  // namespace
}  // namespace wriftai::sandbox
