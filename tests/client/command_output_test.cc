#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/exit_code.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/client/commands_fixture.h"

namespace wriftai::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The formats of results and errors.
class CommandOutputTest : public CommandsFixture {};

TEST_F(CommandOutputTest, PrintsJsonOnOneLine) {
  invocation_.output.format = OutputFormat::kJson;
  v1::Prediction prediction;
  prediction.set_id("i");
  gateway_.OnGet(grpc::Status::OK, prediction);
  gateway_.OnCancel(grpc::Status::OK);
  gateway_.OnList(grpc::Status::OK, Page("a", "t"));
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(RunList(false), kExitSuccess);
  EXPECT_EQ(Out(),
            "{\"id\":\"i\"}\n{}\n"
            "{\"predictions\":[{\"id\":\"a\"}],\"nextPageToken\":\"t\"}\n");
}

TEST_F(CommandOutputTest, PrintsCodeMessageAndDetailsOfError) {
  google::rpc::ErrorInfo info;
  info.set_reason("NOT_FOUND");
  info.set_domain("wrift.ai");
  gateway_.OnGet(
      ErrorWith(grpc::StatusCode::NOT_FOUND, "no such prediction", info));
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(),
            "NOT_FOUND: no such prediction\n  reason: NOT_FOUND (wrift.ai)\n");
}

TEST_F(CommandOutputTest, HealthPrintsMessageAsJson) {
  invocation_.output.format = OutputFormat::kJson;
  const FakeHealth server(FakeHealth::Response::NOT_SERVING);
  EXPECT_EQ(RunHealth(server, "known"), kExitNotServing);
  EXPECT_EQ(Out(), "{\"status\":\"NOT_SERVING\"}\n");
}

TEST_F(CommandOutputTest, ListQuietlyOmitsTheNextPage) {
  invocation_.output.quiet = true;
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  EXPECT_EQ(RunList(false), kExitSuccess);
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandOutputTest, RawPrintsOutputByteForByte) {
  invocation_.output.format = OutputFormat::kRaw;
  gateway_.OnGet(
      grpc::Status::OK,
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, R"("a\n\u001b[2J")"));
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_EQ(Out(), "a\n\x1b[2J");
}

TEST_F(CommandOutputTest, RawIsEscapedOnTerminals) {
  invocation_.output.format = OutputFormat::kRaw;
  host_.console.out_is_terminal = true;
  gateway_.OnGet(
      grpc::Status::OK,
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, R"("a\u001b[2J")"));
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_EQ(Out(), "a\\x1b[2J\n");
}

TEST_F(CommandOutputTest, AgesCountUntilTheResultIsPrinted) {
  host_.console.out_is_terminal = true;
  // Seconds since SamplePrediction() was created.
  int64_t age = 1;
  host_.console.now = [&age] {
    return absl::FromUnixSeconds(1755085725 + age);
  };
  gateway_.OnGet(grpc::Status::OK,
                 SamplePrediction(v1::PREDICTION_STATUS_STARTED));
  host_.interrupt.when = [&age] {
    age = 3600;
    return false;
  };
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("Z (1h ago)\n"));
}

TEST_F(CommandOutputTest, RawFailsWithoutOutput) {
  invocation_.output.format = OutputFormat::kRaw;
  gateway_.OnGet(grpc::Status::OK,
                 SamplePrediction(v1::PREDICTION_STATUS_STARTED, "null"));
  EXPECT_EQ(RunGet(), kExitPredictionFailed);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a has no output "
            "yet; its status is started\n");
}

TEST_F(CommandOutputTest, RawReportsWhyPredictionFailed) {
  invocation_.output.format = OutputFormat::kRaw;
  gateway_.OnGet(grpc::Status::OK, FailedUpdate().prediction());
  EXPECT_EQ(RunGet(), kExitPredictionFailed);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a failed: external: "
            "out of memory\n");
}

TEST_F(CommandOutputTest, IdPrintsOnlyTheId) {
  invocation_.output.format = OutputFormat::kId;
  gateway_.OnCreate(grpc::Status::OK,
                    SamplePrediction(v1::PREDICTION_STATUS_PENDING));
  gateway_.OnCancel(grpc::Status::OK);
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Out(),
            "c12258c4-ed83-4d7b-a784-8ed55412325a\n"
            "c12258c4-ed83-4d7b-a784-8ed55412325a\n");
}

TEST_F(CommandOutputTest, CancelIsSilentIfQuiet) {
  invocation_.output.quiet = true;
  gateway_.OnCancel(grpc::Status::OK);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Out() + Err(), "");
}

TEST_F(CommandOutputTest, HealthPrintsItsExitStatusAsJson) {
  invocation_.output.format = OutputFormat::kJson;
  invocation_.connection.address = "127.0.0.1:1";
  invocation_.command = HealthCommand();
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitNotServing);
  EXPECT_THAT(Err(), HasSubstr("\"exitStatus\":1}}\n"));
}

TEST_F(CommandOutputTest, PrintsErrorsAsJson) {
  invocation_.output.format = OutputFormat::kJson;
  google::rpc::ErrorInfo info;
  info.set_reason("RATE_LIMITED");
  info.set_domain("wrift.ai");
  (*info.mutable_metadata())["http_status"] = "429";
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  gateway_.OnGet(ErrorWith(grpc::StatusCode::RESOURCE_EXHAUSTED,
                           "slow \"down\"", info, retry));
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(),
            R"({"error":{"code":"RESOURCE_EXHAUSTED","reason":"RATE_LIMITED",)"
            R"("domain":"wrift.ai","message":"slow \"down\"",)"
            R"("metadata":{"http_status":"429"},"details":[)"
            R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
            R"("reason":"RATE_LIMITED","domain":"wrift.ai",)"
            R"("metadata":{"http_status":"429"}},)"
            R"({"@type":"type.googleapis.com/google.rpc.RetryInfo",)"
            R"("retryDelay":"2s"}],"retryDelay":"2s","exitStatus":3}})"
            "\n");
}

TEST_F(CommandOutputTest, OmitsDetailsThatHaveNoJsonForm) {
  invocation_.output.format = OutputFormat::kJson;
  google::rpc::Status details;
  details.add_details()->set_type_url("type.googleapis.com/unknown.Type");
  details.mutable_details(0)->set_value("\n\x01x");
  gateway_.OnGet(grpc::Status(grpc::StatusCode::INTERNAL, "m",
                              details.SerializeAsString()));
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_EQ(Err(),
            "{\"error\":{\"code\":\"INTERNAL\",\"message\":\"m\","
            "\"exitStatus\":3}}\n");
}

TEST_F(CommandOutputTest, PrintsWarningsUnlessQuiet) {
  invocation_.warnings = {"careful\x1b"};
  gateway_.OnCancel(grpc::Status::OK);
  gateway_.OnCancel(grpc::Status::OK);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Err(), "wriftctl: warning: careful\\x1b\n");
  invocation_.output.quiet = true;
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Err(), "wriftctl: warning: careful\\x1b\n");
}

TEST_F(CommandOutputTest, FailsIfResponseHasNoJsonForm) {
  invocation_.output.format = OutputFormat::kJson;
  v1::Prediction prediction;
  prediction.mutable_created_at()->set_seconds(int64_t{1} << 60);
  gateway_.OnGet(grpc::Status::OK, prediction);
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_THAT(Err(), HasSubstr("cannot convert the response to JSON"));
  EXPECT_THAT(Out(), IsEmpty());
}

}  // namespace
}  // namespace wriftai::client
