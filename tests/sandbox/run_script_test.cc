#include "sandbox/run_script.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::HasSubstr;

class RunScriptTest : public testing::Test {
 protected:
  RunScript Make(absl::string_view model, const std::string& input) {
    return MakeRunScript(*models_.Find(*ParseModelName(model)),
                         std::make_shared<const std::string>(input),
                         time_scale_, &errors_);
  }
  // Makes the script of an echo with these overrides.
  RunScript Override(const std::string& overrides) {
    return Make("wriftai/echo", R"({"sandbox":)" + overrides + "}");
  }

  const ModelCatalog models_;
  double time_scale_ = 1;
  ValidationErrors errors_;
};

TEST_F(RunScriptTest, UsesLatestVersionByDefault) {
  EXPECT_EQ(models_.Find({"deepseek-ai", "deepseek-r1", {}})->number, 2);
  EXPECT_EQ(models_.Find({"deepseek-ai", "deepseek-r1", 1})->number, 1);
  EXPECT_EQ(models_.Find({"deepseek-ai", "deepseek-r1", 3}), nullptr);
  EXPECT_EQ(models_.Find({"deepseek-ai", "x", {}}), nullptr);
}

TEST_F(RunScriptTest, OutputsTextForPrompt) {
  const RunScript script =
      Make("deepseek-ai/deepseek-r1", R"({"prompt":"hi"})");
  EXPECT_EQ(script.pending, absl::Milliseconds(500));
  EXPECT_EQ(script.run, absl::Milliseconds(2500));
  EXPECT_EQ(script.end.status, "succeeded");
  EXPECT_THAT(script.end.output.Json(), HasSubstr("You asked: hi"));
  EXPECT_EQ(script.end.error_json, "");
}

TEST_F(RunScriptTest, TruncatesLongPromptAtCharacterBoundary) {
  std::string prompt;
  for (int i = 0; i < 300; ++i) prompt += "é";
  prompt = "a" + prompt;
  const RunScript script =
      Make("deepseek-ai/deepseek-r1", R"({"prompt":")" + prompt + "\"}");
  const std::string output = script.end.output.Json();
  EXPECT_TRUE(std::holds_alternative<JsonValue>(ParseJson(output)));
  EXPECT_THAT(output, HasSubstr("é…"));
}

TEST_F(RunScriptTest, EchoesInputByteForByte) {
  const std::string input = "{\"b\": 1.0 ,\"a\":\"\\u00e9\", \"b\":2}";
  EXPECT_EQ(Make("wriftai/echo", input).end.output.Json(), input);
}

TEST_F(RunScriptTest, LargeModelOutputs4MiBOfJson) {
  const std::string output = Make("wriftai/large", "1").end.output.Json();
  EXPECT_EQ(output.size(), size_t{4} << 20);
  EXPECT_TRUE(std::holds_alternative<JsonValue>(ParseJson(output)));
}

TEST_F(RunScriptTest, FailingModelReportsError) {
  const RunScript script = Make("wriftai/failing", "{}");
  EXPECT_EQ(script.end.status, "failed");
  EXPECT_EQ(script.end.output.Json(), "null");
  EXPECT_EQ(script.end.error_json,
            R"({"source":"external","message":"The model raised an error",)"
            R"("detail":{"type":"ValueError",)"
            R"("frames":[{"file":"predict.py","line":42}]}})");
}

TEST_F(RunScriptTest, FailsAtRunTimeForInvalidInput) {
  const RunScript script = Make("deepseek-ai/deepseek-r1", R"({"prompt":7})");
  EXPECT_EQ(script.end.status, "failed");
  EXPECT_EQ(script.run, absl::Milliseconds(100));
  EXPECT_THAT(script.end.error_json,
              HasSubstr(R"("loc":["body","input","prompt"])"));
  EXPECT_TRUE(errors_.empty());
}

TEST_F(RunScriptTest, ScalesOnlyTimesOfModel) {
  time_scale_ = 0.1;
  EXPECT_EQ(Make("wriftai/slow", R"({"prompt":"x"})").run, absl::Seconds(6));
  EXPECT_EQ(Override(R"({"run_s":6})").run, absl::Seconds(6));
}

TEST_F(RunScriptTest, AppliesOverrides) {
  const RunScript script = Override(
      R"({"pending_s":0.25,"run_s":2,"output":[1.0],
          "id":"C12258C4-ED83-4D7B-A784-8ED55412325A"})");
  EXPECT_EQ(script.pending, absl::Milliseconds(250));
  EXPECT_EQ(script.run, absl::Seconds(2));
  EXPECT_EQ(script.end.output.Json(), "[1.0]");
  EXPECT_EQ(script.id, "c12258c4-ed83-4d7b-a784-8ed55412325a");
  EXPECT_TRUE(errors_.empty());
}

TEST_F(RunScriptTest, FailureHasErrorButNoOutput) {
  const RunScript script = Override(R"({"outcome":"failed"})");
  EXPECT_EQ(script.end.status, "failed");
  EXPECT_EQ(script.end.output.Json(), "null");
  EXPECT_THAT(script.end.error_json, HasSubstr(R"("source":"external")"));
}

TEST_F(RunScriptTest, KeepsErrorFromOverrides) {
  const RunScript script =
      Override(R"({"error":{"source":"internal"},"outcome":"failed"})");
  EXPECT_EQ(script.end.error_json, R"({"source":"internal"})");
}

TEST_F(RunScriptTest, OverridesOutcomeOfFailingModel) {
  const RunScript script = Make(
      "wriftai/failing", R"({"sandbox":{"outcome":"succeeded","output":1}})");
  EXPECT_EQ(script.end.status, "succeeded");
  EXPECT_EQ(script.end.error_json, "");
  EXPECT_EQ(script.end.output.Json(), "1");
}

TEST_F(RunScriptTest, GeneratesOutputOfRequestedSize) {
  for (const int bytes : {64, 65, 200, 1000, 100001}) {
    const std::string output =
        Override(absl::StrCat(R"({"output_bytes":)", bytes, "}"))
            .end.output.Json();
    EXPECT_EQ(output.size(), static_cast<size_t>(bytes));
    EXPECT_TRUE(std::holds_alternative<JsonValue>(ParseJson(output)));
  }
}

TEST_F(RunScriptTest, ReportsInvalidOverrides) {
  for (const char* overrides :
       {R"({"run_s":-1})", R"({"run_s":"1"})", R"({"id":"x"})",
        R"({"outcome":1})", R"({"output_bytes":1})", R"({"other":1})", "1"}) {
    errors_ = ValidationErrors();
    Override(overrides);
    EXPECT_THAT(errors_.ListJson(), HasSubstr(R"(["body","input","sandbox")"))
        << overrides;
  }
}

}  // namespace
}  // namespace wriftai::sandbox
