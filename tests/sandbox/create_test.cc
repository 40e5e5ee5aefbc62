#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sandbox/request_handler_fixture.h"

namespace wriftai::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using CreateTest = RequestHandlerTest;

TEST_F(CreateTest, ReturnsPendingPredictionAndLocation) {
  const Response response = Create(kEcho);
  EXPECT_EQ(response.status, 202);
  EXPECT_THAT(response.body, AllOf(HasSubstr(R"("status":"pending")"),
                                   HasSubstr(R"("input":{"n": 1.0})"),
                                   HasSubstr(R"("output":null,"error":null)")));
  const std::string id = *Member(response.body, "id").AsString();
  EXPECT_EQ(Header(response, "location"), "http://h:1/v1/predictions/" + id);
}

TEST_F(CreateTest, UsesClientsHostInUrls) {
  const Response response = Create(kEcho, {{"Host", "sandbox:8000"}});
  EXPECT_THAT(Header(response, "location"),
              testing::StartsWith("http://sandbox:8000/v1/predictions/"));
  EXPECT_THAT(response.body, HasSubstr(R"("url":"http://sandbox:8000/v1/)"));
}

TEST_F(CreateTest, AcceptsAllThreeForms) {
  const char kInput[] = R"({"input":{"prompt":"x"}})";
  for (const auto& [path, version] :
       {std::pair("/v1/models/deepseek-ai/deepseek-r1/predictions", "2"),
        std::pair("/v1/models/deepseek-ai/deepseek-r1/versions/1/predictions",
                  "1")}) {
    const Response response = Call("POST", path, kInput);
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(Member(response.body, "model").Find("version_number")->raw(),
              version);
  }
}

TEST_F(CreateTest, ValidatesInputOnlyOnRequest) {
  const char kBad[] =
      R"({"model":"deepseek-ai/deepseek-r1","input":{"prompt":7}})";
  const Response checked = Create(kBad, {{"Validate-Input", "true"}});
  EXPECT_EQ(checked.status, 422);
  EXPECT_THAT(checked.body, HasSubstr(R"("loc":["body","input","prompt"])"));
  const std::string id = CreatedId(kBad);
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(StatusOf(id), "failed");
}

TEST_F(CreateTest, RejectsDuplicateId) {
  const char kBody[] =
      R"({"model":"wriftai/echo","input":{"sandbox":
          {"id":"c12258c4-ed83-4d7b-a784-8ed55412325a"}}})";
  EXPECT_EQ(CreatedId(kBody), "c12258c4-ed83-4d7b-a784-8ed55412325a");
  EXPECT_EQ(Create(kBody).status, 409);
}

TEST_F(CreateTest, HoldsCreateUntilPredictionEnds) {
  handler();
  Response response;
  std::thread held([&] { response = Create(kEcho, {{"Prefer", "wait=10"}}); });
  clock_.AwaitWaiters(1);
  clock_.Advance(absl::Milliseconds(100));
  held.join();
  EXPECT_EQ(response.status, 202);
  EXPECT_THAT(response.body, HasSubstr(R"("status":"succeeded")"));
  EXPECT_EQ(state_->traffic.Stats().held_most, 1);
  EXPECT_EQ(state_->traffic.Stats().held_now, 0);
}

TEST_F(CreateTest, HoldsCreateAtMostForWaitCap) {
  options_.wait_cap = absl::Seconds(5);
  handler();
  Response response;
  std::thread held([&] { response = Create(kSlow, {{"Prefer", "wait=600"}}); });
  clock_.AwaitWaiters(1);
  clock_.Advance(absl::Seconds(5));
  held.join();
  EXPECT_THAT(response.body, HasSubstr(R"("status":"started")"));
}

TEST_F(CreateTest, ReleasesHeldCreateAtCancellation) {
  const char kBody[] =
      R"({"model":"wriftai/echo","input":{"sandbox":
          {"run_s":100,"id":"c12258c4-ed83-4d7b-a784-8ed55412325a"}}})";
  handler();
  Response response;
  std::thread held([&] { response = Create(kBody, {{"Prefer", "wait=50"}}); });
  clock_.AwaitWaiters(1);
  Cancel("c12258c4-ed83-4d7b-a784-8ed55412325a");
  clock_.Advance(absl::Milliseconds(500));
  held.join();
  EXPECT_THAT(response.body, HasSubstr(R"("status":"failed")"));
}

TEST_F(CreateTest, ReleasesHeldCreateAtStop) {
  handler();
  std::thread held([&] { Create(kSlow, {{"Prefer", "wait=50"}}); });
  clock_.AwaitWaiters(1);
  state_->Stop();
  held.join();
}

TEST_F(CreateTest, RejectsCreateWhenFull) {
  options_.store.max_predictions = 1;
  Create(kSlow);
  EXPECT_EQ(Create(kSlow).status, 503);
}

TEST_F(CreateTest, RejectsOversizedBody) {
  Request request;
  request.method = "POST";
  request.path = "/v1/predictions";
  request.headers = {{"authorization", "bearer t"}};
  request.oversized = true;
  const Response response = handler().Handle(request);
  EXPECT_EQ(response.status, 413);
  EXPECT_TRUE(response.close);
}

}  // namespace
}  // namespace wriftai::sandbox
