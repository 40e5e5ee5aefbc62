#include "client/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/exit_code.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/fake_health.h"
#include "tests/client/fake_host.h"
#include "tests/client/samples.h"
#include "tests/client/silent_server.h"

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Runs the real client against a real server over loopback.
class CommandsTest : public ::testing::Test {
 protected:
  template <typename Command>
  int Run(Command command) {
    invocation_.connection.address = gateway_.address();
    invocation_.command = std::move(command);
    return RunInvocation(invocation_, host_.host);
  }

  int RunGet() {
    GetCommand command;
    command.request.set_id(kId);
    return Run(command);
  }

  // Runs get against a server that never responds.
  int RunSilent() {
    const SilentServer server;
    invocation_.connection.address = server.address();
    invocation_.command = GetCommand();
    return RunInvocation(invocation_, host_.host);
  }

  int RunCancel() {
    CancelCommand command;
    command.request.set_id(kId);
    return Run(command);
  }

  int RunHealth(const FakeHealth& server, const std::string& service) {
    HealthCommand command;
    command.request.set_service(service);
    invocation_.connection.address = server.address();
    invocation_.command = command;
    return RunInvocation(invocation_, host_.host);
  }

  int RunCreate() {
    CreateCommand command;
    command.request.set_model("a/b");
    command.request.set_input_json("{}");
    return Run(command);
  }

  int RunList(bool all) {
    ListCommand command;
    command.all = all;
    return Run(command);
  }

  std::string Out() const { return host_.out.str(); }
  std::string Err() const { return host_.err.str(); }

  static v1::ListResponse Page(const std::string& id, const std::string& next) {
    v1::ListResponse page;
    page.add_predictions()->set_id(id);
    page.set_next_page_token(next);
    return page;
  }

  FakeGateway gateway_;
  FakeHost host_;
  Invocation invocation_;
};

TEST_F(CommandsTest, GetShowsFailedPrediction) {
  gateway_.OnGet(grpc::Status::OK, FailedUpdate().prediction());
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("error     external: out of memory\n"));
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandsTest, PrintsJsonOnOneLine) {
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

TEST_F(CommandsTest, SendsBearerTokenOnlyIfSet) {
  gateway_.OnGet(grpc::Status::OK);
  gateway_.OnGet(grpc::Status::OK);
  RunGet();
  invocation_.connection.token = Secret("tok");
  RunGet();
  EXPECT_THAT(gateway_.authorizations(), ElementsAre("-", "Bearer tok"));
}

TEST_F(CommandsTest, PrintsCodeMessageAndDetailsOfError) {
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

TEST_F(CommandsTest, SaysHowToSendATokenThatIsRequired) {
  google::rpc::ErrorInfo info;
  info.set_reason("NO_TOKEN");
  gateway_.OnGet(ErrorWith(grpc::StatusCode::UNAUTHENTICATED, "none", info));
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_THAT(Err(), EndsWith("\nSet --token_file, WRIFTCTL_TOKEN, or "
                              "token_file in the profile.\n"));
}

TEST_F(CommandsTest, FailsFastIfGatewayIsUnreachable) {
  GetCommand command;
  command.request.set_id(kId);
  invocation_.connection.address = "unix:/nowhere/socket";
  invocation_.command = command;
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_THAT(Err(), StartsWith("UNAVAILABLE: "));
  EXPECT_THAT(Err(), EndsWith("\nCannot reach unix:/nowhere/socket. Check "
                              "--address, WRIFTCTL_ADDRESS or the profile.\n"));
}

TEST_F(CommandsTest, ReportsServiceThatIsNoGateway) {
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_THAT(Err(), EndsWith(gateway_.address() +
                              " is not the gRPC port of a gateway, or the "
                              "gateway is older than this wriftctl.\n"));
}

TEST_F(CommandsTest, EndsHangingCallAtTimeout) {
  invocation_.timeout = absl::Milliseconds(20);
  EXPECT_EQ(RunSilent(), kExitCallFailed);
  EXPECT_THAT(Err(), StartsWith("DEADLINE_EXCEEDED: "));
  EXPECT_THAT(Err(), EndsWith(" For more time, set --timeout.\n"));
}

TEST_F(CommandsTest, HealthSucceedsForServingGateway) {
  const FakeHealth server(FakeHealth::Response::SERVING);
  EXPECT_EQ(RunHealth(server, "known"), kExitSuccess);
  EXPECT_EQ(Out(), "SERVING\n");
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandsTest, HealthFailsForOtherResponses) {
  const FakeHealth server(FakeHealth::Response::NOT_SERVING);
  EXPECT_EQ(RunHealth(server, "known"), kExitNotServing);
  EXPECT_EQ(Out(), "NOT_SERVING\n");
  EXPECT_EQ(RunHealth(server, "other"), kExitNotServing);
  EXPECT_EQ(Err(), "NOT_FOUND: unknown\n");
}

TEST_F(CommandsTest, HealthFailsForSilentGateway) {
  const SilentServer server;
  invocation_.timeout = absl::Milliseconds(20);
  invocation_.connection.address = server.address();
  invocation_.command = HealthCommand();
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitNotServing);
  EXPECT_THAT(Err(), StartsWith("DEADLINE_EXCEEDED: "));
}

TEST_F(CommandsTest, HealthPrintsMessageAsJson) {
  invocation_.output.format = OutputFormat::kJson;
  const FakeHealth server(FakeHealth::Response::NOT_SERVING);
  EXPECT_EQ(RunHealth(server, "known"), kExitNotServing);
  EXPECT_EQ(Out(), "{\"status\":\"NOT_SERVING\"}\n");
}

TEST_F(CommandsTest, CancelPrintsCommandToWatchEffect) {
  gateway_.OnCancel(grpc::Status::OK);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Out(),
            "Cancellation requested. Watch it take effect: wriftctl wait "
            "c12258c4-ed83-4d7b-a784-8ed55412325a\n");
}

TEST_F(CommandsTest, CreateShowsThePendingPrediction) {
  gateway_.OnCreate(grpc::Status::OK,
                    SamplePrediction(v1::PREDICTION_STATUS_PENDING));
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("status    pending\n"));
  EXPECT_THAT(gateway_.calls(),
              ElementsAre("Create model: \"a/b\" input_json: \"{}\""));
}

TEST_F(CommandsTest, CreateFailsIfPredictionHasFailed) {
  gateway_.OnCreate(grpc::Status::OK, FailedUpdate().prediction());
  EXPECT_EQ(RunCreate(), kExitPredictionFailed);
}

TEST_F(CommandsTest, DoesNotRetryInterruptedCreate) {
  gateway_.OnCreate(grpc::Status(grpc::StatusCode::UNAVAILABLE, "reset"));
  EXPECT_EQ(RunCreate(), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 1u);
  EXPECT_EQ(Err(),
            "UNAVAILABLE: reset\n"
            "The prediction may have been created. Check: wriftctl list\n");
}

TEST_F(CommandsTest, CreateSendsWebhookSecret) {
  gateway_.OnCreate(grpc::Status::OK);
  CreateCommand command;
  command.request.mutable_webhook()->set_url("http://h");
  command.webhook_secret = Secret("s");
  Run(command);
  EXPECT_THAT(
      gateway_.calls(),
      ElementsAre("Create webhook { url: \"http://h\" secret: \"s\" }"));
}

TEST_F(CommandsTest, ListPrintsNextPageTokenToStderr) {
  gateway_.OnList(grpc::Status::OK, Page("a", "tok\x1b"));
  EXPECT_EQ(RunList(false), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("\na   unspecified  /"));
  EXPECT_EQ(Err(), "Next page: wriftctl list --page_token tok\\x1b\n");
}

TEST_F(CommandsTest, ListAllFollowsPages) {
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  gateway_.OnList(grpc::Status::OK, Page("b", ""));
  EXPECT_EQ(RunList(true), kExitSuccess);
  EXPECT_THAT(gateway_.calls(), ElementsAre("List ", "List page_token: \"2\""));
  EXPECT_THAT(Out(), HasSubstr("\nb "));
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandsTest, ListAllFailsIfPageTokenRepeats) {
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  EXPECT_EQ(RunList(true), kExitCallFailed);
  EXPECT_EQ(Err(), "INTERNAL: the next page has the token of this page\n");
}

TEST_F(CommandsTest, ListLimitTakesAsManyPagesAsNeeded) {
  ListCommand command;
  command.request.set_page_size(2);
  command.limit = 3;
  v1::ListResponse full = Page("a", "2");
  full.add_predictions()->set_id("b");
  v1::ListResponse too_much = Page("c", "3");
  too_much.add_predictions()->set_id("d");
  gateway_.OnList(grpc::Status::OK, full);
  gateway_.OnList(grpc::Status::OK, too_much);
  invocation_.output.format = OutputFormat::kId;
  EXPECT_EQ(Run(command), kExitSuccess);
  EXPECT_EQ(Out(), "a\nb\nc\n");
  EXPECT_EQ(Err(), "");
  EXPECT_THAT(
      gateway_.calls(),
      ElementsAre("List page_size: 2", "List page_size: 1 page_token: \"2\""));
}

TEST_F(CommandsTest, ListLimitOmitsTokenThatWouldSkipPredictions) {
  ListCommand command;
  command.limit = 1;
  invocation_.output.format = OutputFormat::kJson;
  v1::ListResponse page = Page("a", "2");
  page.add_predictions()->set_id("b");
  gateway_.OnList(grpc::Status::OK, page);
  EXPECT_EQ(Run(command), kExitSuccess);
  EXPECT_EQ(Out(), "{\"predictions\":[{\"id\":\"a\"}]}\n");
}

TEST_F(CommandsTest, ListQuietlyOmitsTheNextPage) {
  invocation_.output.quiet = true;
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  EXPECT_EQ(RunList(false), kExitSuccess);
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandsTest, ListAllStopsAtSignal) {
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  host_.interrupt.when = [this] { return !gateway_.calls().empty(); };
  EXPECT_EQ(RunList(true), 130);
  EXPECT_EQ(gateway_.calls().size(), 1u);
  EXPECT_EQ(Err(), "Interrupted.\n");
}

TEST_F(CommandsTest, RawPrintsOutputByteForByte) {
  invocation_.output.format = OutputFormat::kRaw;
  gateway_.OnGet(
      grpc::Status::OK,
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, R"("a\n\u001b[2J")"));
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_EQ(Out(), "a\n\x1b[2J");
}

TEST_F(CommandsTest, RawIsEscapedOnTerminals) {
  invocation_.output.format = OutputFormat::kRaw;
  host_.console.out_is_terminal = true;
  gateway_.OnGet(
      grpc::Status::OK,
      SamplePrediction(v1::PREDICTION_STATUS_SUCCEEDED, R"("a\u001b[2J")"));
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_EQ(Out(), "a\\x1b[2J\n");
}

TEST_F(CommandsTest, AgesCountUntilTheResultIsPrinted) {
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

TEST_F(CommandsTest, RawFailsWithoutOutput) {
  invocation_.output.format = OutputFormat::kRaw;
  gateway_.OnGet(grpc::Status::OK,
                 SamplePrediction(v1::PREDICTION_STATUS_STARTED, "null"));
  EXPECT_EQ(RunGet(), kExitPredictionFailed);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a has no output "
            "yet; its status is started\n");
}

TEST_F(CommandsTest, RawReportsWhyPredictionFailed) {
  invocation_.output.format = OutputFormat::kRaw;
  gateway_.OnGet(grpc::Status::OK, FailedUpdate().prediction());
  EXPECT_EQ(RunGet(), kExitPredictionFailed);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a failed: external: "
            "out of memory\n");
}

TEST_F(CommandsTest, IdPrintsOnlyTheId) {
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

TEST_F(CommandsTest, CancelIsSilentIfQuiet) {
  invocation_.output.quiet = true;
  gateway_.OnCancel(grpc::Status::OK);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Out() + Err(), "");
}

TEST_F(CommandsTest, PrintsErrorsAsJson) {
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

TEST_F(CommandsTest, OmitsDetailsThatHaveNoJsonForm) {
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

TEST_F(CommandsTest, RepeatsReadsForTheGivenTime) {
  invocation_.retry_for = absl::Seconds(10);
  for (int i = 0; i < 2; ++i) {
    gateway_.OnGet(grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"));
  }
  gateway_.OnGet(grpc::Status::OK,
                 SamplePrediction(v1::PREDICTION_STATUS_STARTED));
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_EQ(host_.clock.passed(), absl::Milliseconds(250 + 500));
  EXPECT_EQ(Err(),
            "UNAVAILABLE: draining; retrying in 0.2 s\n"
            "UNAVAILABLE: draining; retrying in 0.5 s\n");
}

TEST_F(CommandsTest, StopsRepeatingAfterTheGivenTime) {
  invocation_.retry_for = absl::Seconds(1);
  invocation_.output.quiet = true;
  for (int i = 0; i < 9; ++i) {
    gateway_.OnGet(grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"));
  }
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 3u);
  EXPECT_EQ(Err(), "UNAVAILABLE: draining\n");
}

TEST_F(CommandsTest, StopsRepeatingAtSignal) {
  invocation_.retry_for = absl::Minutes(1);
  gateway_.OnGet(grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"));
  host_.interrupt.when = [this] { return !Err().empty(); };
  EXPECT_EQ(RunGet(), 130);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(CommandsTest, NeverRepeatsCreateThatMayHaveArrived) {
  invocation_.retry_for = absl::Minutes(1);
  gateway_.OnCreate(grpc::Status(grpc::StatusCode::UNAVAILABLE, "reset"));
  EXPECT_EQ(RunCreate(), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(CommandsTest, RepeatsCreateThatWasRejected) {
  invocation_.retry_for = absl::Minutes(1);
  google::rpc::ErrorInfo info;
  info.set_reason("DRAINING");
  gateway_.OnCreate(ErrorWith(grpc::StatusCode::UNAVAILABLE, "draining", info));
  gateway_.OnCreate(grpc::Status::OK,
                    SamplePrediction(v1::PREDICTION_STATUS_PENDING));
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_EQ(gateway_.calls().size(), 2u);
}

TEST_F(CommandsTest, PrintsWarningsUnlessQuiet) {
  invocation_.warnings = {"careful\x1b"};
  gateway_.OnCancel(grpc::Status::OK);
  gateway_.OnCancel(grpc::Status::OK);
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Err(), "wriftctl: warning: careful\\x1b\n");
  invocation_.output.quiet = true;
  EXPECT_EQ(RunCancel(), kExitSuccess);
  EXPECT_EQ(Err(), "wriftctl: warning: careful\\x1b\n");
}

TEST_F(CommandsTest, EndsHangingCallAtSignal) {
  int checks = 0;
  host_.interrupt.when = [&checks] { return ++checks > 1; };
  EXPECT_EQ(RunSilent(), 130);
  EXPECT_EQ(Err(), "Interrupted.\n");
}

TEST_F(CommandsTest, FailsIfResponseHasNoJsonForm) {
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
