#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/fake_host.h"
#include "tests/client/samples.h"
#include "tests/client/silent_server.h"

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kWaitCall = "Wait id: \"" + std::string(kId) + "\"";

// Runs `wriftctl wait` and `create --wait` against a real server.
class WaitTest : public ::testing::Test {
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

  // Advances the clock to `time` after the start, once the gateway has a call.
  void AdvanceOnceCalled(absl::Duration time) {
    host_.interrupt.when = [this, time] {
      if (!gateway_.calls().empty()) {
        host_.clock.Advance(time - host_.clock.passed());
      }
      return false;
    };
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

  static StreamScript UnavailableWithDelay(absl::Duration delay) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
    return {{SampleUpdate(v1::PREDICTION_STATUS_STARTED)},
            ErrorWith(grpc::StatusCode::UNAVAILABLE, "draining", retry)};
  }

  // The error of a draining gateway; `created_id`: the prediction it created.
  static grpc::Status DrainingError(const std::string& created_id = "") {
    google::rpc::ErrorInfo info;
    info.set_reason("DRAINING");
    if (!created_id.empty()) {
      (*info.mutable_metadata())["prediction_id"] = created_id;
    }
    return ErrorWith(grpc::StatusCode::UNAVAILABLE, "draining", info);
  }

  std::string Out() const { return host_.out.str(); }
  std::string Err() const { return host_.err.str(); }

  const std::optional<v1::PredictionUpdate> pending_ =
      SampleUpdate(v1::PREDICTION_STATUS_PENDING);
  const std::optional<v1::PredictionUpdate> started_ =
      SampleUpdate(v1::PREDICTION_STATUS_STARTED);
  const std::optional<v1::PredictionUpdate> done_ =
      SampleUpdate(v1::PREDICTION_STATUS_SUCCEEDED, "\"hello\"");
  const std::optional<v1::PredictionUpdate> hold_;

  FakeGateway gateway_;
  FakeHost host_;
  Invocation invocation_;
};

TEST_F(WaitTest, PrintsUpdatesThenResult) {
  gateway_.OnWait({{started_, done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("status    succeeded\n"));
  EXPECT_THAT(Out(), HasSubstr("\n\nhello\n"));
  EXPECT_EQ(Err(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a\n"
            "update 1: started after 0.0 s (GET)\n"
            "update 2: succeeded after 0.0 s (GET)\n");
}

TEST_F(WaitTest, ExitsWithOneIfPredictionFails) {
  gateway_.OnWait({{FailedUpdate()}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitPredictionFailed);
  EXPECT_THAT(Out(), HasSubstr("error     external: out of memory\n"));
}

TEST_F(WaitTest, PrintsOnlyUpdatesAsJson) {
  invocation_.output.format = OutputFormat::kJson;
  v1::PredictionUpdate first;
  first.mutable_prediction()->set_id(kId);
  v1::PredictionUpdate last = first;
  last.mutable_prediction()->set_status(v1::PREDICTION_STATUS_SUCCEEDED);
  gateway_.OnWait({{first, last}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_EQ(Out(),
            "{\"prediction\":{\"id\":\"c12258c4-ed83-4d7b-a784-8ed55412325a\"}}"
            "\n"
            "{\"prediction\":{\"id\":\"c12258c4-ed83-4d7b-a784-8ed55412325a\","
            "\"status\":\"PREDICTION_STATUS_SUCCEEDED\"}}\n");
  EXPECT_EQ(Err(), "");
}

TEST_F(WaitTest, RetriesUnavailableStreamAfterServersDelay) {
  gateway_.OnWait(UnavailableWithDelay(absl::Seconds(7)));
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_EQ(host_.clock.passed(), absl::Seconds(7));
  EXPECT_THAT(Err(), HasSubstr("UNAVAILABLE: draining; retrying in 7.0 s\n"));
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

TEST_F(WaitTest, BacksOffWithoutServersDelay) {
  for (int i = 0; i < 3; ++i) gateway_.OnWait(Unavailable());
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_EQ(host_.clock.passed(), absl::Milliseconds(250 + 500 + 1000));
}

TEST_F(WaitTest, StopsRetryingWithoutAnyUpdate) {
  for (int i = 0; i < 20; ++i) gateway_.OnWait(Unavailable());
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_LT(host_.clock.passed(), absl::Seconds(30));
  EXPECT_GT(host_.clock.passed(), absl::Seconds(20));
  EXPECT_THAT(Err(), Not(HasSubstr("still running")));
}

TEST_F(WaitTest, StopsRetryingAtTimeout) {
  invocation_.timeout = absl::Seconds(60);
  gateway_.OnWait(UnavailableWithDelay(absl::Seconds(40)));
  gateway_.OnWait(UnavailableWithDelay(absl::Seconds(40)));
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_EQ(host_.clock.passed(), absl::Seconds(40));
  EXPECT_THAT(Err(), HasSubstr("UNAVAILABLE: draining\n"
                               "  retry after 40s\n"
                               "The prediction is still running. "
                               "Resume: wriftctl wait "
                               "c12258c4-ed83-4d7b-a784-8ed55412325a\n"));
}

TEST_F(WaitTest, SurvivesRestartOfGateway) {
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
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

// A gRPC server ends a stream that arrives during its shutdown with CANCELLED.
TEST_F(WaitTest, RetriesStreamCancelledByServer) {
  gateway_.OnWait(
      {{started_}, grpc::Status(grpc::StatusCode::CANCELLED, "CANCELLED")});
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

TEST_F(WaitTest, ResumesStreamThatBrokeOnTheWay) {
  gateway_.OnWait(
      {{started_}, grpc::Status(grpc::StatusCode::INTERNAL, "RST_STREAM")});
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall, kWaitCall));
}

TEST_F(WaitTest, RetryForLimitsTheBeginning) {
  invocation_.retry_for = absl::Seconds(2);
  for (int i = 0; i < 20; ++i) gateway_.OnWait(Unavailable());
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_LT(host_.clock.passed(), absl::Seconds(2));
  EXPECT_GT(host_.clock.passed(), absl::Seconds(1));
}

TEST_F(WaitTest, FailsWithoutFirstUpdateWithinHalfAMinute) {
  gateway_.OnWait({{hold_}, grpc::Status::OK});
  AdvanceOnceCalled(absl::Seconds(30));
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_THAT(Err(), StartsWith("DEADLINE_EXCEEDED: no update within 30s\n"
                                "No response from "));
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(WaitTest, RetryForMayExtendTheBeginning) {
  invocation_.retry_for = absl::Seconds(90);
  gateway_.OnWait({{hold_}, grpc::Status::OK});
  host_.interrupt.when = [this] {
    if (!gateway_.calls().empty()) host_.clock.Advance(absl::Seconds(30));
    return false;
  };
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_THAT(Err(), StartsWith("DEADLINE_EXCEEDED: no update within 1m30s\n"));
  EXPECT_GE(host_.clock.passed(), absl::Seconds(90));
}

TEST_F(WaitTest, FailsWithoutFirstUpdateFromSilentServer) {
  const SilentServer server;
  invocation_.connection.address = server.address();
  WaitCommand command;
  command.request.set_id(kId);
  invocation_.command = command;
  host_.interrupt.when = [this] {
    host_.clock.Advance(absl::Seconds(30));
    return false;
  };
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_THAT(Err(), StartsWith("DEADLINE_EXCEEDED: no update within 30s\n"));
}

TEST_F(WaitTest, WaitThatHasBegunHasNoLimit) {
  gateway_.OnWait({{started_, hold_, done_}, grpc::Status::OK});
  host_.interrupt.when = [this] {
    host_.clock.Advance(absl::Hours(1));
    gateway_.Release();
    return false;
  };
  EXPECT_EQ(RunWait(), kExitSuccess);
}

TEST_F(WaitTest, RetryForDoesNotLimitAWaitThatHasBegun) {
  invocation_.retry_for = absl::ZeroDuration();
  gateway_.OnWait(UnavailableWithDelay(absl::Seconds(7)));
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
}

TEST_F(WaitTest, QuietPrintsOnlyTheResult) {
  invocation_.output.quiet = true;
  gateway_.OnWait(UnavailableWithDelay(absl::Seconds(1)));
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_THAT(Out(), HasSubstr("status    succeeded\n"));
  EXPECT_EQ(Err(), "");
}

TEST_F(WaitTest, DoesNotRetryOtherErrors) {
  gateway_.OnWait({{}, grpc::Status(grpc::StatusCode::NOT_FOUND, "none")});
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_EQ(Err(), "NOT_FOUND: none\n");
}

TEST_F(WaitTest, ReportsRunningPredictionAtDeadline) {
  gateway_.OnWait(
      {{started_},
       grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "max_wait")});
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_THAT(Err(), HasSubstr("DEADLINE_EXCEEDED: max_wait\n"
                               "The prediction is still running. "
                               "Resume: wriftctl wait "));
}

TEST_F(WaitTest, FailsIfStreamEndsBeforePrediction) {
  gateway_.OnWait({{started_}, grpc::Status::OK});
  EXPECT_EQ(RunWait(), kExitCallFailed);
  EXPECT_THAT(Err(),
              HasSubstr("INTERNAL: the stream ended before the prediction"));
}

TEST_F(WaitTest, SucceedsAfterFinalUpdateDespiteStreamError) {
  gateway_.OnWait(Unavailable({done_}));
  EXPECT_EQ(RunWait(), kExitSuccess);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(WaitTest, DoesNotCancelPredictionAtSignal) {
  gateway_.OnWait({{started_, hold_}, grpc::Status::OK});
  SignalOnceSeen("update 1");
  EXPECT_EQ(RunWait(), 130);
  EXPECT_THAT(Err(),
              HasSubstr("Stopped waiting; the prediction is still running. "
                        "Resume: wriftctl wait "
                        "c12258c4-ed83-4d7b-a784-8ed55412325a\n"));
  EXPECT_THAT(gateway_.calls(), ElementsAre(kWaitCall));
}

TEST_F(WaitTest, StopsAtSignalBetweenRetries) {
  host_.interrupt.number = 15;
  gateway_.OnWait(Unavailable());
  SignalOnceSeen("retrying in");
  EXPECT_EQ(RunWait(), 143);
  EXPECT_THAT(Err(), EndsWith("\nStopped waiting before the first update. "
                              "Resume: wriftctl wait "
                              "c12258c4-ed83-4d7b-a784-8ed55412325a\n"));
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(WaitTest, ResumesCreateWithWaitOnceIdIsKnown) {
  gateway_.OnCreateAndWait(Unavailable({pending_}));
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_THAT(gateway_.calls(), ElementsAre(StartsWith("CreateAndWait "),
                                            kWaitCall + " wait_options { }"));
}

TEST_F(WaitTest, DoesNotRetryCreateAfterLostConnection) {
  for (const char* const request_id : {"", "u"}) {
    host_.err.str("");
    gateway_.OnCreateAndWait(
        {{}, grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed")});
    EXPECT_EQ(RunCreate(request_id), kExitCallFailed);
    EXPECT_EQ(Err(),
              "UNAVAILABLE: Socket closed\n"
              "The prediction may have been created. Check: wriftctl list\n");
  }
  EXPECT_EQ(gateway_.calls().size(), 2u);
}

TEST_F(WaitTest, RetriesCreateRejectedByDrainingGateway) {
  gateway_.OnCreateAndWait({{}, DrainingError()});
  gateway_.OnCreateAndWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_EQ(gateway_.calls().size(), 2u);
  EXPECT_EQ(gateway_.calls()[0], gateway_.calls()[1]);
}

// gRPC drops an unread update when an error follows it.
TEST_F(WaitTest, WaitsForPredictionNamedOnlyByError) {
  gateway_.OnCreateAndWait({{}, DrainingError(kId)});
  gateway_.OnWait({{done_}, grpc::Status::OK});
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_THAT(gateway_.calls(), ElementsAre(StartsWith("CreateAndWait "),
                                            kWaitCall + " wait_options { }"));
}

TEST_F(WaitTest, RetriesCreateForHalfAMinuteIfUnreachable) {
  invocation_.connection.address = "127.0.0.1:1";
  CreateCommand command;
  command.wait = true;
  command.request.set_model("a/b");
  invocation_.command = command;
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_GT(host_.clock.passed(), absl::Seconds(20));
  EXPECT_THAT(Err(), Not(HasSubstr("may have been created")));
}

TEST_F(WaitTest, DoesNotRetryCreateWithUnknownOutcome) {
  gateway_.OnCreateAndWait(
      {{}, grpc::Status(grpc::StatusCode::UNKNOWN, "no answer")});
  EXPECT_EQ(RunCreate("u"), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(WaitTest, ReportsPossibleCreateAtSignalBeforeId) {
  gateway_.OnCreateAndWait({{hold_}, grpc::Status::OK});
  host_.interrupt.when = [this] { return !gateway_.calls().empty(); };
  EXPECT_EQ(RunCreate(), 130);
  EXPECT_EQ(Err(),
            "Interrupted; the prediction may have been created. "
            "Check: wriftctl list\n");
}

}  // namespace
}  // namespace wriftai::client
