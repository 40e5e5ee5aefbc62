#include "client/output/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/output/error_details.h"
#include "client/output/prediction_table.h"
#include "client/output/render_error.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/samples.h"

namespace wriftai::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const TextStyle kPlain;
const TextStyle kTerminal{/*for_terminal=*/true, /*color=*/false,
                          absl::FromUnixSeconds(1755085724 + 200)};
const TextStyle kColor{/*for_terminal=*/false, /*color=*/true,
                       absl::UnixEpoch()};

std::string ShownOutput(const std::string& json, bool for_terminal = false) {
  const std::string text =
      RenderPrediction(SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, json),
                       for_terminal ? kTerminal : kPlain);
  const size_t gap = text.find("\n\n");
  return gap == std::string::npos ? "no output" : text.substr(gap + 2);
}

TEST(RenderPredictionTest, ShowsFieldsThenOutput) {
  v1::Prediction prediction =
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, "[1, 2]");
  prediction.set_status_text("succeeded");
  *prediction.mutable_updated_at() = prediction.created_at();
  prediction.set_setup_time("0.5");
  prediction.set_execution_time("1.25");
  prediction.set_url("https://api.test/p");
  EXPECT_EQ(RenderPrediction(prediction, kPlain),
            "id        c12258c4-ed83-4d7b-a784-8ed55412325a\n"
            "model     deepseek-ai/deepseek-r1:1\n"
            "status    succeeded\n"
            "created   2025-08-13T11:48:44.371093Z\n"
            "updated   2025-08-13T11:48:44.371093Z\n"
            "setup     0.5\n"
            "execution 1.25\n"
            "url       https://api.test/p\n"
            "\n"
            "[1, 2]\n");
}

TEST(RenderPredictionTest, ShowsErrorAndLogs) {
  v1::Prediction prediction = FailedUpdate().prediction();
  prediction.mutable_error()->set_detail_json("{\"free\": 0}");
  prediction.mutable_logs()->add_lines("loading\x1b[2J");
  EXPECT_THAT(RenderPrediction(prediction, kPlain),
              EndsWith("error     external: out of memory\n"
                       "detail    {\"free\": 0}\n"
                       "logs\n"
                       "  loading\\x1b[2J\n"));
}

TEST(RenderPredictionTest, NamesInexactFields) {
  v1::Prediction prediction =
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, "1");
  prediction.add_inexact_fields("created_at");
  prediction.add_inexact_fields("input");
  EXPECT_THAT(RenderPrediction(prediction, kPlain),
              HasSubstr("\ninexact   created_at, input\n"));
}

TEST(RenderPredictionTest, DecodesStringOutput) {
  EXPECT_EQ(ShownOutput(R"("a\n\"b\" \u00e9 \ud83d\ude42")"),
            "a\n\"b\" é 🙂\n");
  EXPECT_EQ(ShownOutput(R"( "ends\n" )"), "ends\n");
  EXPECT_EQ(ShownOutput("\"\""), "");
}

TEST(RenderPredictionTest, KeepsOtherJsonUnchanged) {
  EXPECT_EQ(ShownOutput("{\"n\": 1.000, \"s\":\"\\u0041\"}"),
            "{\"n\": 1.000, \"s\":\"\\u0041\"}\n");
  EXPECT_EQ(ShownOutput("null"), "null\n");
}

TEST(RenderPredictionTest, KeepsInvalidStringUnchanged) {
  EXPECT_EQ(ShownOutput("\"open"), "\"open\n");
  EXPECT_EQ(ShownOutput("\"a\" \"b\""), "\"a\" \"b\"\n");
}

TEST(RenderPredictionTest, EscapesOutputOnlyForTerminals) {
  EXPECT_EQ(ShownOutput(R"("a\u001b[2Jb\rc\u009b\td")", true),
            "a\\x1b[2Jb\\rc\\u009b\td\n");
  EXPECT_EQ(ShownOutput(R"("a\u001b[2Jb\rc")", false), "a\x1b[2Jb\rc\n");
  EXPECT_EQ(ShownOutput("[\"\xc2\x9b\"]", true), "[\"\\u009b\"]\n");
}

TEST(RenderPredictionTest, OmitsNullOutputBeforeSuccess) {
  EXPECT_THAT(
      RenderPrediction(SamplePrediction(v1::PREDICTION_STATUS_STARTED, "null"),
                       kPlain),
      Not(HasSubstr("null")));
}

TEST(RenderPredictionTest, ShowsValueLikeJson) {
  v1::Prediction prediction = SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED);
  prediction.mutable_output()->set_string_value("hi");
  EXPECT_THAT(RenderPrediction(prediction, kPlain), EndsWith("\n\nhi\n"));
}

TEST(RenderPredictionTest, EscapesLineFeedsInFields) {
  v1::Prediction prediction =
      SamplePrediction(v1::PREDICTION_STATUS_UNSPECIFIED);
  prediction.set_status_text("can\ncelled\x1b");
  EXPECT_THAT(RenderPrediction(prediction, kTerminal),
              HasSubstr("status    can\\ncelled\\x1b\n"));
}

TEST(RenderPredictionTest, ShowsAgesAndShortDurationsOnTerminals) {
  v1::Prediction prediction =
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, "1");
  prediction.set_execution_time("PT1M2.5S");
  EXPECT_EQ(RenderPrediction(prediction, kTerminal),
            "id        c12258c4-ed83-4d7b-a784-8ed55412325a\n"
            "model     deepseek-ai/deepseek-r1:1\n"
            "status    succeeded\n"
            "created   2025-08-13T11:48:44.371093Z (3m ago)\n"
            "execution 1m2.5s\n"
            "\n"
            "1\n");
}

TEST(RenderPredictionTest, OmitsTheAgeOfInvalidTimes) {
  v1::Prediction prediction;
  prediction.mutable_created_at()->set_nanos(-1);
  EXPECT_THAT(RenderPrediction(prediction, kTerminal),
              HasSubstr("\ncreated   -\n"));
}

TEST(RenderPredictionTest, ColorsTheStatus) {
  EXPECT_THAT(RenderPrediction(
                  SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED), kColor),
              HasSubstr("\nstatus    \x1b[32msucceeded\x1b[0m\n"));
  EXPECT_THAT(RenderPrediction(FailedUpdate().prediction(), kColor),
              HasSubstr("\nstatus    \x1b[31mfailed\x1b[0m\n"));
}

TEST(RenderJsonTest, WritesOneEscapedLine) {
  v1::Prediction prediction;
  prediction.set_status(v1::PREDICTION_STATUS_SUCCEEDED);
  prediction.set_output_json("\"a\nb\xc2\x9b\x7f\"");
  EXPECT_EQ(*RenderJson(prediction),
            "{\"status\":\"PREDICTION_STATUS_SUCCEEDED\","
            "\"outputJson\":\"\\\"a\\nb\\u009b\\u007f\\\"\"}\n");
}

TEST(RenderJsonTest, FailsForTimestampOutOfRange) {
  v1::Prediction prediction;
  prediction.mutable_created_at()->set_seconds(int64_t{1} << 60);
  EXPECT_EQ(RenderJson(prediction).status().code(),
            absl::StatusCode::kInternal);
}

TEST(RenderErrorTest, PrintsOneDetailPerLine) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("model");
  bad.mutable_field_violations(0)->set_description("expected owner/name");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(500000000);
  google::rpc::ErrorInfo info;
  info.set_reason("INVALID_FIELD");
  info.set_domain("gateway.wriftai");
  (*info.mutable_metadata())["upstream_request_id"] = "r\x1b";
  (*info.mutable_metadata())["http_status"] = "422";
  EXPECT_EQ(RenderError(ErrorWith(grpc::StatusCode::INVALID_ARGUMENT,
                                  "bad\nmodel", bad, retry, info)),
            "INVALID_ARGUMENT: bad\\nmodel\n"
            "  model: expected owner/name\n"
            "  retry after 500ms\n"
            "  reason: INVALID_FIELD (gateway.wriftai)\n"
            "  http_status: 422\n"
            "  upstream_request_id: r\\x1b\n");
}

TEST(RenderErrorTest, OmitsUnparsableDetails) {
  EXPECT_EQ(RenderError(grpc::Status(grpc::StatusCode::INTERNAL, "m", "\xff")),
            "INTERNAL: m\n");
  EXPECT_EQ(RenderError(grpc::Status::CANCELLED), "CANCELLED\n");
  EXPECT_EQ(CodeName(static_cast<grpc::StatusCode>(20)), "code 20");
}

TEST(RetryDelayTest, IsBounded) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(-5);
  const auto code = grpc::StatusCode::UNAVAILABLE;
  EXPECT_EQ(RetryDelay(ErrorWith(code, "", retry)), absl::ZeroDuration());
  retry.mutable_retry_delay()->set_seconds(100000);
  EXPECT_EQ(RetryDelay(ErrorWith(code, "", retry)), absl::Minutes(1));
  EXPECT_EQ(RetryDelay(grpc::Status(code, "")), std::nullopt);
}

TEST(PredictionTableTest, ShowsAgesAndColorsOnTerminals) {
  v1::ListResponse page;
  *page.add_predictions() = SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED);
  page.mutable_predictions(0)->set_id("a");
  page.mutable_predictions(0)->set_execution_time("PT2.5S");
  TextStyle style = kTerminal;
  style.color = true;
  PredictionTable table(style);
  EXPECT_EQ(table.Page(page),
            "ID  STATUS     MODEL                      CREATED  EXECUTION\n"
            "a   \x1b[32msucceeded\x1b[0m  deepseek-ai/deepseek-r1:1  3m ago   "
            "2.5s\n");
}

TEST(PredictionTableTest, OmitsTheAgeOfInvalidTimes) {
  v1::ListResponse page;
  page.add_predictions()->mutable_created_at()->set_nanos(-1);
  EXPECT_THAT(PredictionTable(kTerminal).Page(page), Not(HasSubstr("ago")));
}

TEST(PredictionTableTest, AlignsColumnsAndWritesHeaderOnce) {
  v1::ListResponse page;
  *page.add_predictions() = SamplePrediction(v1::PREDICTION_STATUS_PENDING);
  page.mutable_predictions(0)->set_id("a");
  *page.add_predictions() = SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED);
  page.mutable_predictions(1)->set_id("bb\t");
  page.mutable_predictions(1)->set_execution_time("2.5");
  PredictionTable table(kPlain);
  EXPECT_EQ(table.Page(page),
            "ID    STATUS     MODEL                      "
            "CREATED               EXECUTION\n"
            "a     pending    deepseek-ai/deepseek-r1:1  "
            "2025-08-13T11:48:44Z  -\n"
            "bb\\t  succeeded  deepseek-ai/deepseek-r1:1  "
            "2025-08-13T11:48:44Z  2.5\n");
  page.mutable_predictions()->RemoveLast();
  EXPECT_EQ(table.Page(page),
            "a     pending    deepseek-ai/deepseek-r1:1  "
            "2025-08-13T11:48:44Z  -\n");
  EXPECT_EQ(table.Page(v1::ListResponse()), "");
}

}  // namespace
}  // namespace wriftai::client
