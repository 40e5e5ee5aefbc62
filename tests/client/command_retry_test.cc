#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/exit_code.h"
#include "google/rpc/error_details.pb.h"
#include "tests/client/commands_fixture.h"

namespace wriftai::client {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

// Which failed calls are repeated, and for how long.
class CommandRetryTest : public CommandsFixture {};

TEST_F(CommandRetryTest, FailsFastIfGatewayIsUnreachable) {
  GetCommand command;
  command.request.set_id(kId);
  invocation_.connection.address = "unix:/nowhere/socket";
  invocation_.command = command;
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_THAT(Err(), StartsWith("UNAVAILABLE: "));
  EXPECT_THAT(Err(), EndsWith("\nCannot reach unix:/nowhere/socket. Check "
                              "--address, WRIFTCTL_ADDRESS or the profile.\n"));
}

TEST_F(CommandRetryTest, DoesNotRetryInterruptedCreate) {
  gateway_.OnCreate(grpc::Status(grpc::StatusCode::UNAVAILABLE, "reset"));
  EXPECT_EQ(RunCreate(), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 1u);
  EXPECT_EQ(Err(),
            "UNAVAILABLE: reset\n"
            "The prediction may have been created. Check: wriftctl list\n");
}

TEST_F(CommandRetryTest, RepeatsReadsForTheGivenTime) {
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

TEST_F(CommandRetryTest, StopsRepeatingAfterTheGivenTime) {
  invocation_.retry_for = absl::Seconds(1);
  invocation_.output.quiet = true;
  for (int i = 0; i < 9; ++i) {
    gateway_.OnGet(grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"));
  }
  EXPECT_EQ(RunGet(), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 3u);
  EXPECT_EQ(Err(), "UNAVAILABLE: draining\n");
}

TEST_F(CommandRetryTest, StopsRepeatingAtSignal) {
  invocation_.retry_for = absl::Minutes(1);
  gateway_.OnGet(grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"));
  host_.interrupt.when = [this] { return !Err().empty(); };
  EXPECT_EQ(RunGet(), 130);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(CommandRetryTest, NeverRepeatsCreateThatMayHaveArrived) {
  invocation_.retry_for = absl::Minutes(1);
  gateway_.OnCreate(grpc::Status(grpc::StatusCode::UNAVAILABLE, "reset"));
  EXPECT_EQ(RunCreate(), kExitCallFailed);
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(CommandRetryTest, RepeatsCreateThatWasRejected) {
  invocation_.retry_for = absl::Minutes(1);
  google::rpc::ErrorInfo info;
  info.set_reason("DRAINING");
  gateway_.OnCreate(ErrorWith(grpc::StatusCode::UNAVAILABLE, "draining", info));
  gateway_.OnCreate(grpc::Status::OK,
                    SamplePrediction(v1::PREDICTION_STATUS_PENDING));
  EXPECT_EQ(RunCreate(), kExitSuccess);
  EXPECT_EQ(gateway_.calls().size(), 2u);
}

}  // namespace
}  // namespace wriftai::client
