#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/exit_code.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/commands_fixture.h"

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CommandsTest : public CommandsFixture {};

TEST_F(CommandsTest, GetShowsFailedPrediction) {
  gateway_.OnGet(grpc::Status::OK, FailedUpdate().prediction());
  EXPECT_EQ(RunGet(), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("error     external: out of memory\n"));
  EXPECT_EQ(Err(), "");
}

TEST_F(CommandsTest, SendsBearerTokenOnlyIfSet) {
  gateway_.OnGet(grpc::Status::OK);
  gateway_.OnGet(grpc::Status::OK);
  RunGet();
  invocation_.connection.token = Secret("tok");
  RunGet();
  EXPECT_THAT(gateway_.authorizations(), ElementsAre("-", "Bearer tok"));
}

TEST_F(CommandsTest, SaysHowToSendATokenThatIsRequired) {
  google::rpc::ErrorInfo info;
  info.set_reason("NO_TOKEN");
  gateway_.OnGet(ErrorWith(grpc::StatusCode::UNAUTHENTICATED, "none", info));
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_THAT(Err(), EndsWith("\nSet --token_file, WRIFTCTL_TOKEN, or "
                              "token_file in the profile.\n"));
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

TEST_F(CommandsTest, ListAllStopsAtSignal) {
  gateway_.OnList(grpc::Status::OK, Page("a", "2"));
  host_.interrupt.when = [this] { return !gateway_.calls().empty(); };
  EXPECT_EQ(RunList(true), 130);
  EXPECT_EQ(gateway_.calls().size(), 1u);
  EXPECT_EQ(Err(), "Interrupted.\n");
}

TEST_F(CommandsTest, EndsHangingCallAtSignal) {
  int checks = 0;
  host_.interrupt.when = [&checks] { return ++checks > 1; };
  EXPECT_EQ(RunSilent(), 130);
  EXPECT_EQ(Err(), "Interrupted.\n");
}

}  // namespace
}  // namespace wriftai::client
