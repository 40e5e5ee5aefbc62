#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sandbox/request_handler_fixture.h"

namespace wriftai::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using ControlApiTest = RequestHandlerTest;

TEST_F(ControlApiTest, RepeatsIdsOfSeedAfterReset) {
  options_.seed = 5;
  const std::string first = CreatedId(kEcho);
  EXPECT_NE(CreatedId(kEcho), first);
  EXPECT_EQ(Call("POST", "/sandbox/reset").status, 200);
  EXPECT_EQ(CreatedId(kEcho), first);
}

TEST_F(ControlApiTest, FaultLosesResponseOfProcessedCreate) {
  Call("POST", "/sandbox/faults",
       R"([{"method":"POST","times":1,"close_after_processing":true}])");
  EXPECT_EQ(Create(kEcho).delivery, Delivery::kNone);
  EXPECT_EQ(state_->traffic.Stats().predictions_created, 1);
  EXPECT_EQ(Create(kEcho).delivery, Delivery::kWhole);
}

TEST_F(ControlApiTest, FaultBypassesApi) {
  Call("POST", "/sandbox/faults", R"([{"close_without_response":true}])");
  EXPECT_EQ(Create(kEcho).delivery, Delivery::kNone);
  EXPECT_EQ(state_->traffic.Stats().predictions_created, 0);
  Call("DELETE", "/sandbox/faults");
  EXPECT_EQ(Create(kEcho).status, 202);
}

TEST_F(ControlApiTest, FaultDelaysResponse) {
  Call("POST", "/sandbox/faults", R"([{"delay_ms":1000}])");
  Response response;
  std::thread delayed([&] { response = Create(kEcho); });
  clock_.AwaitWaiters(1);
  clock_.Advance(absl::Seconds(1));
  delayed.join();
  EXPECT_THAT(response.body, HasSubstr("00:16:41.000000Z"));
}

TEST_F(ControlApiTest, StatisticsShowRequestsWithoutTokens) {
  token_ = "very-secret";
  Create(kEcho, {{"Prefer", "wait=0"}});
  const std::string stats = Call("GET", "/sandbox/stats").body;
  EXPECT_THAT(stats,
              AllOf(HasSubstr(R"({"method":"POST","route":"/v1/predictions",)"
                              R"("status":202,"count":1})"),
                    HasSubstr(R"("creates_by_model":{"wriftai/echo:1":1})"),
                    HasSubstr(R"(["Prefer","wait=0"])"),
                    HasSubstr(R"(["Authorization","Bearer sha256:)"),
                    HasSubstr(R"("body":"{\"model\":\"wriftai/echo\")"),
                    Not(HasSubstr("very-secret"))));
}

TEST_F(ControlApiTest, StatisticsDistinguishClientsSharingToken) {
  options_.rates.enforce = true;
  options_.rates.read_rate = 1;
  Call("GET", "/v1/predictions", "", {{"User-Agent", "first"}});
  Call("GET", "/v1/predictions", "", {{"User-Agent", "second"}});
  Call("POST", "/v1/predictions", kEcho, {{"User-Agent", "second"}});
  const std::string stats = Call("GET", "/sandbox/stats").body;
  EXPECT_THAT(
      stats,
      AllOf(HasSubstr(R"("user_agent":"first","seconds":[{"second":1000,)"
                      R"("reads":1,"reads_refused":0,)"
                      R"("creates":0,"creates_refused":0}]})"),
            HasSubstr(R"("user_agent":"second","seconds":[{"second":1000,)"
                      R"("reads":0,"reads_refused":1,)"
                      R"("creates":1,"creates_refused":0}]})")));
}

TEST_F(ControlApiTest, StatisticsKeepOnlyRecentRequests) {
  options_.recent_requests = 2;
  for (const char* id : {"1", "2", "3"}) Get(id);
  const auto recent = state_->traffic.Stats().recent;
  ASSERT_EQ(recent.size(), 2u);
  EXPECT_EQ(recent[0].target, "/v1/predictions/2");
}

TEST_F(ControlApiTest, StatisticsDoNotGrowWithInventedMethods) {
  for (const char* method : {"A", "B", "C"}) Call(method, "/v1/predictions");
  EXPECT_EQ(state_->traffic.Stats().requests.size(), 1u);
}

TEST_F(ControlApiTest, RejectsRemoteClients) {
  peer_ = "10.0.0.7";
  EXPECT_EQ(Call("GET", "/sandbox/stats").status, 403);
  EXPECT_EQ(Create(kEcho).status, 202);
}

TEST_F(ControlApiTest, AcceptsRemoteClientsIfOpenToThem) {
  options_.listen_address = "0.0.0.0:8080";
  peer_ = "10.0.0.7";
  EXPECT_EQ(Call("GET", "/sandbox/stats").status, 200);
}

TEST_F(ControlApiTest, ReportsInvalidFaults) {
  const Response response = Call("POST", "/sandbox/faults", "[{\"status\":1}]");
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(response.body, HasSubstr("fault 0, status: expected"));
  EXPECT_EQ(Call("GET", "/sandbox/other").status, 404);
}

}  // namespace
}  // namespace wriftai::sandbox
