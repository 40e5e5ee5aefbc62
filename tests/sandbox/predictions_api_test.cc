#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sandbox/request_handler_fixture.h"

namespace wriftai::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using PredictionsApiTest = RequestHandlerTest;

TEST_F(PredictionsApiTest, ShowsStatusChanges) {
  const std::string id = CreatedId(kEcho);
  EXPECT_EQ(StatusOf(id), "pending");
  clock_.Advance(absl::Milliseconds(50));
  EXPECT_EQ(StatusOf(id), "started");
  clock_.Advance(absl::Milliseconds(50));
  EXPECT_THAT(Get(id).body, AllOf(HasSubstr(R"("status":"succeeded")"),
                                  HasSubstr(R"("output":{"n": 1.0})")));
}

TEST_F(PredictionsApiTest, RejectsIdThatIsNotAUuid) {
  const Response response = Get("42");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.body,
            R"({"detail":[{"loc":["path","prediction_id"],)"
            R"("msg":"Input should be a valid UUID, invalid format",)"
            R"("type":"uuid_parsing"}]})");
  EXPECT_EQ(Cancel("42").status, 422);
}

TEST_F(PredictionsApiTest, ReportsUnknownIdsModelsAndVersions) {
  EXPECT_EQ(Get("c12258c4-ed83-4d7b-a784-8ed55412325a").body,
            R"({"detail":"Prediction not found"})");
  for (const char* model : {"a/b", "wriftai/echo:2"}) {
    const Response response =
        Create(absl::StrCat(R"({"input":1,"model":")", model, "\"}"));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, R"({"detail":"Model not found"})");
  }
}

TEST_F(PredictionsApiTest, RejectsPageSizesOutOfRange) {
  for (const char* bad : {"4", "51", "x", ""}) {
    const Response response =
        Call("GET", absl::StrCat("/v1/predictions?page_size=", bad));
    EXPECT_EQ(response.status, 422) << bad;
    EXPECT_THAT(response.body, HasSubstr(R"(["query","page_size"])"));
  }
  EXPECT_EQ(Call("GET", "/v1/predictions?page_size=5").status, 200);
  EXPECT_EQ(Call("GET", "/v1/predictions?page_size=50").status, 200);
}

TEST_F(PredictionsApiTest, RejectsInvalidCursor) {
  EXPECT_THAT(Call("GET", "/v1/predictions?cursor=x").body,
              HasSubstr(R"(["query","cursor"])"));
}

TEST_F(PredictionsApiTest, PagesHaveFiveMembersAndCursors) {
  for (int i = 0; i < 6; ++i) Create(kEcho);
  const Response first = Call("GET", "/v1/predictions?page_size=5");
  const auto parsed = ParseJson(first.body);
  std::vector<std::string> names;
  for (const auto& member : std::get<JsonValue>(parsed).Members()) {
    names.push_back(member.first);
  }
  EXPECT_THAT(names,
              testing::ElementsAre("items", "next_cursor", "previous_cursor",
                                   "next_url", "previous_url"));
  EXPECT_EQ(Member(first.body, "items").Items().size(), 5u);
  const std::string cursor = *Member(first.body, "next_cursor").AsString();
  const std::string url = *Member(first.body, "next_url").AsString();
  EXPECT_EQ(url, absl::StrCat("http://h:1/v1/predictions?cursor=", cursor,
                              "&page_size=5"));
  const Response second =
      Call("GET", absl::StrCat("/v1/predictions?page_size=5&cursor=", cursor));
  EXPECT_EQ(Member(second.body, "items").Items().size(), 1u);
  EXPECT_TRUE(Member(second.body, "next_url").IsNull());
  EXPECT_FALSE(Member(second.body, "previous_url").IsNull());
}

TEST_F(PredictionsApiTest, CancelIsIdempotentAndDelayed) {
  const std::string id = CreatedId(kSlow);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Cancel(id).body, "null");
  EXPECT_EQ(Cancel(id).status, 200);
  EXPECT_EQ(StatusOf(id), "started");
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_THAT(Get(id).body,
              HasSubstr(R"("error":{"source":"external",)"
                        R"("message":"The prediction was cancelled",)"
                        R"("detail":null})"));
  EXPECT_EQ(StatusOf(id), "failed");
  const Response again = Cancel(id);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body, R"({"detail":"Prediction has already ended"})");
}

TEST_F(PredictionsApiTest, CancelUsesConfiguredStatus) {
  options_.cancel_status = "canceled";
  const std::string id = CreatedId(kSlow);
  Cancel(id);
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_THAT(Get(id).body, AllOf(HasSubstr(R"("status":"canceled")"),
                                  HasSubstr(R"("error":null)")));
}

TEST_F(PredictionsApiTest, PredictionIsGoneAfterRetention) {
  options_.view.gone_after_retention = true;
  const std::string id = CreatedId(kEcho);
  clock_.Advance(absl::Minutes(60));
  EXPECT_EQ(Get(id).status, 200);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Get(id).status, 404);
}

}  // namespace
}  // namespace wriftai::sandbox
