#include "sandbox/prediction_json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kBase[] = "http://h:1/v1";

class PredictionJsonTest : public testing::Test {
 protected:
  PredictionJsonTest() {
    prediction_.id = "c12258c4-ed83-4d7b-a784-8ed55412325a";
    prediction_.model_owner = "deepseek-ai";
    prediction_.model_name = "deepseek-r1";
    prediction_.model_version = 2;
    prediction_.input =
        std::make_shared<const std::string>(R"({"prompt": "x"})");
    prediction_.created_at = absl::FromUnixMicros(1755085724371093);
    prediction_.starts_at = prediction_.created_at + absl::Milliseconds(500);
    prediction_.ends_at = prediction_.starts_at + absl::Milliseconds(2250);
    prediction_.end.output.json =
        std::make_shared<const std::string>("[1.0, 2]");
  }
  std::string At(absl::Duration age) {
    return FullJson(prediction_, view_, kBase, prediction_.created_at + age);
  }

  Prediction prediction_;
  PredictionView view_;
};

TEST_F(PredictionJsonTest, ShowsNewPredictionAsPending) {
  EXPECT_EQ(
      At(absl::ZeroDuration()),
      R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a",)"
      R"("url":"http://h:1/v1/predictions/)"
      R"(c12258c4-ed83-4d7b-a784-8ed55412325a",)"
      R"("status":"pending","created_at":"2025-08-13T11:48:44.371093Z",)"
      R"("updated_at":"2025-08-13T11:48:44.371103Z","setup_time":null,)"
      R"("execution_time":null,"model":{"owner":"deepseek-ai",)"
      R"("name":"deepseek-r1","version_number":2},"input":{"prompt": "x"},)"
      R"("output":null,"error":null})");
}

TEST_F(PredictionJsonTest, ShowsSetupTimeAfterStart) {
  EXPECT_THAT(At(absl::Milliseconds(500)),
              AllOf(HasSubstr(R"("status":"started")"),
                    HasSubstr(R"("updated_at":"2025-08-13T11:48:44.871093Z")"),
                    HasSubstr(R"("setup_time":"PT0.5S")"),
                    HasSubstr(R"("execution_time":null)"),
                    HasSubstr(R"("output":null)")));
}

TEST_F(PredictionJsonTest, ShowsOutputAfterEnd) {
  EXPECT_THAT(
      At(absl::Milliseconds(2750)),
      AllOf(HasSubstr(R"("status":"succeeded")"),
            HasSubstr(R"("execution_time":"PT2.25S")"),
            HasSubstr(R"("output":[1.0, 2])"), HasSubstr(R"("error":null)")));
}

TEST_F(PredictionJsonTest, ShowsErrorAfterFailure) {
  prediction_.end = RunEnd{"failed", {}, R"({"source":"internal"})"};
  EXPECT_THAT(
      At(absl::Seconds(3)),
      AllOf(HasSubstr(R"("status":"failed")"), HasSubstr(R"("output":null)"),
            HasSubstr(R"("error":{"source":"internal"})")));
  EXPECT_THAT(At(absl::Seconds(1)), HasSubstr(R"("error":null)"));
}

TEST_F(PredictionJsonTest, OmitsTimesIfNeverStarted) {
  prediction_.ends_at = prediction_.starts_at;
  EXPECT_THAT(At(absl::Seconds(3)),
              AllOf(HasSubstr(R"("setup_time":null)"),
                    HasSubstr(R"("execution_time":null)"),
                    HasSubstr(R"("status":"succeeded")")));
}

TEST_F(PredictionJsonTest, RemovesInputAndOutputAfterRetention) {
  view_.retention = absl::Seconds(60);
  EXPECT_THAT(At(absl::Seconds(62)), HasSubstr(R"("output":[1.0, 2])"));
  EXPECT_THAT(At(absl::Seconds(63)), AllOf(HasSubstr(R"("input":null)"),
                                           HasSubstr(R"("output":null)")));
}

TEST_F(PredictionJsonTest, OmitsUrl) {
  view_.show_url = false;
  EXPECT_THAT(At(absl::ZeroDuration()), Not(HasSubstr("\"url\"")));
}

TEST_F(PredictionJsonTest, OmitsInputOutputAndErrorInLists) {
  const std::string item = ItemJson(prediction_, view_, kBase,
                                    prediction_.created_at + absl::Seconds(9));
  EXPECT_THAT(
      item,
      AllOf(HasSubstr(R"("status":"succeeded")"),
            HasSubstr(R"("version_number":2)"), Not(HasSubstr("\"input\"")),
            Not(HasSubstr("\"output\"")), Not(HasSubstr("\"error\""))));
}

TEST_F(PredictionJsonTest, WritesMicrosecondsInTimestamps) {
  EXPECT_EQ(TimestampText(absl::FromUnixSeconds(0)),
            "1970-01-01T00:00:00.000000Z");
}

}  // namespace
}  // namespace wriftai::sandbox
