#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/fake_host.h"
#include "tests/client/samples.h"

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kWaitCall = "Wait id: \"" + std::string(kId) + "\"";

// `wriftctl wait` and `create --wait`, the real client against a real server.
class Waiting : public ::testing::Test {
 protected:
  int RunWait() {
    WaitCommand command;
    command.request.set_id(kId);
    return Run(command);
  }

  int RunCreate(const std::string& request_id = "") {
    CreateCommand command;
    command.wait = true;
    command.request.set_model("a/b");
    command.request.set_request_id(request_id);
    return Run(command);
  }

  template <typename Command>
  int Run(Command command) {
    invocation_.connection.address = gateway_.address();
    invocation_.command = std::move(command);
    return RunInvocation(invocation_, host_.host);
  }

  void SignalOnceSeen(const std::string& text) {
    host_.interrupt.when = [this, text] {
      return absl::StrContains(host_.err.str(), text);
    };
  }

  static StreamScript Unavailable(
      std::vector<std::optional<v1::PredictionUpdate>> steps = {}) {
    return {std::move(steps),
            grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining")};
  }

  static StreamScript Drained(absl::Duration delay) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
    return {{SampleUpdate(v1::STATUS_STARTED)},
            ErrorWith(grpc::StatusCode::UNAVAILABLE, "draining", retry)};
  }

  // As the gateway does while it drains; `created`: what it had created.
  static grpc::Status Refused(const std::string& created = "") {
    google::rpc::ErrorInfo info;
    info.set_reason("DRAINING");
    if (!created.empty()) (*info.mutable_metadata())["prediction_id"] = created;
    return ErrorWith(grpc::StatusCode::UNAVAILABLE, "draining", info);
  }

  std::string Out() const { return host_.out.str(); }
  std::string Err() const { return host_.err.str(); }

  const std::optional<v1::PredictionUpdate> pending_ =
      SampleUpdate(v1::STATUS_PENDING);
  const std::optional<v1::PredictionUpdate> started_ =
      SampleUpdate(v1::STATUS_STARTED);
  const std::optional<v1::PredictionUpdate> done_ =
      SampleUpdate(v1::STATUS_SUCCEEDED, "\"hello\"");
  const std::optional<v1::PredictionUpdate> hold_;

  FakeGateway gateway_;
  FakeHost host_;
  Invocation invocation_;
};

TEST_F(Waiting, UpdatesAreLinesThenComesTheResult) {
  gateway_.OnWait({{started_, done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_THAT(Out(), HasSubstr("status    succeeded\n"));
  EXPECT_THAT(Out(), HasSubstr("\n\nhello\n"));
  EXPECT_EQ(Err(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a\n"
            "update 1: started after 0.0 s (GET)\n"
            "update 2: succeeded after 0.0 s (GET)\n");
}

TEST_F(Waiting, AFailedPredictionIsStatusOne) {
  gateway_.OnWait({{FailedUpdate()}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitPredictionFailed);
  EXPECT_THAT(Out(), HasSubstr("error     external: out of memory\n"));
}

TEST_F(Waiting, JsonIsEveryUpdateAndNothingElse) {
  invocation_.json = true;
  v1::PredictionUpdate first;
  first.mutable_prediction()->set_id(kId);
  v1::PredictionUpdate last = first;
  last.mutable_prediction()->set_status(v1::STATUS_SUCCEEDED);
  gateway_.OnWait({{first, last}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_EQ(Out(),
            "{\"prediction\":{\"id\":\"c12258c4-ed83-4d7b-a784-8ed55412325a\"}}"
            "\n"
            "{\"prediction\":{\"id\":\"c12258c4-ed83-4d7b-a784-8ed55412325a\","
            "\"status\":\"STATUS_SUCCEEDED\"}}\n");
  EXPECT_EQ(Err(), "");
}

TEST_F(Waiting, AnUnavailableStreamIsTakenUpAgainAfterTheServersDelay) {
  gateway_.OnWait(Drained(absl::Seconds(7)));
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_EQ(host_.clock.passed(), absl::Seconds(7));
  EXPECT_THAT(Err(), HasSubstr("UNAVAILABLE: draining; again in 7.0 s\n"));
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

TEST_F(Waiting, WithoutAServersDelayTriesAreSpreadOut) {
  for (int i = 0; i < 3; ++i) gateway_.OnWait(Unavailable());
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_EQ(host_.clock.passed(), absl::Milliseconds(250 + 500 + 1000));
}

TEST_F(Waiting, WithoutAnyUpdateTryingEnds) {
  for (int i = 0; i < 20; ++i) gateway_.OnWait(Unavailable());
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_LT(host_.clock.passed(), absl::Seconds(30));
  EXPECT_GT(host_.clock.passed(), absl::Seconds(20));
  EXPECT_THAT(Err(), Not(HasSubstr("goes on")));
}

TEST_F(Waiting, TryingEndsWithTheTimeout) {
  invocation_.timeout = absl::Seconds(60);
  gateway_.OnWait(Drained(absl::Seconds(40)));
  gateway_.OnWait(Drained(absl::Seconds(40)));
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_EQ(host_.clock.passed(), absl::Seconds(40));
  EXPECT_THAT(Err(), HasSubstr("UNAVAILABLE: draining\n"
                               "  retry after 40s\n"
                               "the prediction goes on: wriftctl wait "
                               "c12258c4-ed83-4d7b-a784-8ed55412325a\n"));
}

TEST_F(Waiting, ARestartOfTheGatewayIsSurvived) {
  gateway_.OnWait({{started_, hold_}, grpc::Status::OK});
  gateway_.OnWait({{done_}, grpc::Status::OK});
  bool restarted = false;
  host_.interrupt.when = [&] {
    if (!restarted && absl::StrContains(Err(), "update 1")) {
      restarted = true;
      gateway_.Restart();
    }
    return false;
  };
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

// gRPC gives CANCELLED to a stream that reaches a server in its shutdown.
TEST_F(Waiting, AStreamThatTheServerCancelledIsTakenUpAgain) {
  gateway_.OnWait(
      {{started_}, grpc::Status(grpc::StatusCode::CANCELLED, "CANCELLED")});
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

TEST_F(Waiting, OtherErrorsEndIt) {
  gateway_.OnWait({{}, grpc::Status(grpc::StatusCode::NOT_FOUND, "none")});
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_EQ(Err(), "NOT_FOUND: none\n");
}

TEST_F(Waiting, ADeadlineSaysThatThePredictionGoesOn) {
  gateway_.OnWait(
      {{started_},
       grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "max_wait")});
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_THAT(Err(), HasSubstr("DEADLINE_EXCEEDED: max_wait\n"
                               "the prediction goes on: wriftctl wait "));
}

TEST_F(Waiting, AStreamThatEndsTooEarlyIsAnError) {
  gateway_.OnWait({{started_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_THAT(Err(),
              HasSubstr("INTERNAL: the stream ended before the prediction"));
}

TEST_F(Waiting, TheEndCountsWhateverBecomesOfTheStream) {
  gateway_.OnWait(Unavailable({done_}));
  EXPECT_EQ(RunWait(), kExitDone);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(Waiting, ASignalLeavesThePredictionAlone) {
  gateway_.OnWait({{started_, hold_}, grpc::Status::OK});
  SignalOnceSeen("update 1");
  EXPECT_EQ(RunWait(), 130);
  EXPECT_THAT(Err(), HasSubstr("left; the prediction goes on: wriftctl wait "
                               "c12258c4-ed83-4d7b-a784-8ed55412325a\n"));
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall));
}

TEST_F(Waiting, ASignalBetweenTriesLeavesToo) {
  host_.interrupt.number = 15;
  gateway_.OnWait(Unavailable());
  SignalOnceSeen("again in");
  EXPECT_EQ(RunWait(), 143);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(Waiting, CreateGoesOnWithWaitOnceItHasAnId) {
  gateway_.OnCreateAndWait(Unavailable({pending_}));
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunCreate(), kExitDone);
  EXPECT_THAT(gateway_.calls(), ElementsAre(StartsWith("CreateAndWait "),
                                            kWaitCall + " wait_options { }"));
}

TEST_F(Waiting, ACreateWhoseConnectionWasLostIsNotSentAgain) {
  for (const char* const request_id : {"", "u"}) {
    host_.err.str("");
    gateway_.OnCreateAndWait(
        {{}, grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed")});
    EXPECT_EQ(RunCreate(request_id), kExitCallFailed);
    EXPECT_EQ(Err(),
              "UNAVAILABLE: Socket closed\n"
              "the prediction may have been created: wriftctl list\n");
  }
  EXPECT_EQ(gateway_.calls().size(), 2u);
}

TEST_F(Waiting, ACreateThatTheGatewayRefusedForNowIsSentAgain) {
  gateway_.OnCreateAndWait({{}, Refused()});
  gateway_.OnCreateAndWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunCreate(), kExitDone);
  EXPECT_EQ(gateway_.calls().size(), 2u);
  EXPECT_EQ(gateway_.calls()[0], gateway_.calls()[1]);
}

// gRPC drops an update that is not read yet when an error comes after it.
TEST_F(Waiting, APredictionThatOnlyTheErrorNamesIsWaitedFor) {
  gateway_.OnCreateAndWait({{}, Refused(kId)});
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunCreate(), kExitDone);
  EXPECT_THAT(gateway_.calls(), ElementsAre(StartsWith("CreateAndWait "),
                                            kWaitCall + " wait_options { }"));
}

TEST_F(Waiting, ACreateThatReachesNobodyIsTriedForHalfAMinute) {
  invocation_.connection.address = "127.0.0.1:1";
  CreateCommand command;
  command.wait = true;
  command.request.set_model("a/b");
  invocation_.command = command;
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_GT(host_.clock.passed(), absl::Seconds(20));
  EXPECT_THAT(Err(), Not(HasSubstr("may have been created")));
}

TEST_F(Waiting, ACreateWhoseOutcomeIsUnknownIsNotSentAgain) {
  gateway_.OnCreateAndWait(
      {{}, grpc::Status(grpc::StatusCode::UNKNOWN, "no answer")});
  EXPECT_EQ(RunCreate("u"), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(Waiting, ASignalBeforeTheIdSaysWhatMayHaveHappened) {
  gateway_.OnCreateAndWait({{hold_}, grpc::Status::OK});
  host_.interrupt.when = [this] { return !gateway_.calls().empty(); };
  EXPECT_EQ(RunCreate(), 130);
  EXPECT_EQ(Err(),
            "left; the prediction may have been created: wriftctl list\n");
}

}  // namespace
}  // namespace wriftai::client
