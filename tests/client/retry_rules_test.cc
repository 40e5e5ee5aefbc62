#include "client/call/retry_rules.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "tests/client/samples.h"

// The tables of docs/clients.md.

namespace wriftai::client {
namespace {

using Code = grpc::StatusCode;

grpc::Status Bare(Code code, const std::string& message = "m") {
  return grpc::Status(code, message);
}

grpc::Status WithReason(Code code, const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  return ErrorWith(code, "m", info);
}

grpc::Status WithDelay(Code code) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  return ErrorWith(code, "m", info, retry);
}

const grpc::Status kRefused =
    Bare(Code::UNAVAILABLE,
         "failed to connect to all addresses; last error: UNKNOWN: "
         "ipv4:127.0.0.1:1: Failed to connect to remote host: Connection "
         "refused");
const grpc::Status kUntrusted =
    Bare(Code::UNAVAILABLE,
         "failed to connect to all addresses; last error: UNKNOWN: "
         "ipv4:127.0.0.1:1: Ssl handshake failed: SSL_ERROR_SSL");

TEST(RetryRulesTest, ReadsRepeatTransientErrors) {
  EXPECT_TRUE(MayReadAgain(Bare(Code::UNAVAILABLE)));
  EXPECT_TRUE(MayReadAgain(Bare(Code::CANCELLED)));
  EXPECT_TRUE(MayReadAgain(WithDelay(Code::RESOURCE_EXHAUSTED)));
  EXPECT_TRUE(MayReadAgain(kRefused));
  EXPECT_FALSE(MayReadAgain(kUntrusted));
  EXPECT_FALSE(MayReadAgain(Bare(Code::RESOURCE_EXHAUSTED)));
  EXPECT_FALSE(MayReadAgain(Bare(Code::NOT_FOUND)));
  EXPECT_FALSE(MayReadAgain(Bare(Code::DEADLINE_EXCEEDED)));
}

TEST(RetryRulesTest, CreatesRepeatOnlyWhatCreatedNothing) {
  EXPECT_TRUE(MayCreateAgain(kRefused));
  EXPECT_TRUE(MayCreateAgain(WithReason(Code::UNAVAILABLE, "DRAINING")));
  EXPECT_TRUE(MayCreateAgain(WithDelay(Code::RESOURCE_EXHAUSTED)));
  EXPECT_FALSE(MayCreateAgain(kUntrusted));
  EXPECT_FALSE(MayCreateAgain(Bare(Code::UNAVAILABLE, "Socket closed")));
  EXPECT_FALSE(MayCreateAgain(Bare(Code::CANCELLED)));
  for (const Code code :
       {Code::UNKNOWN, Code::INTERNAL, Code::DEADLINE_EXCEEDED}) {
    EXPECT_FALSE(MayCreateAgain(Bare(code)));
    EXPECT_FALSE(MayCreateAgain(WithReason(code, "R")));
  }
}

TEST(RetryRulesTest, CreatesNeverRepeatWhatCreatedAPrediction) {
  google::rpc::ErrorInfo info;
  (*info.mutable_metadata())["prediction_id"] = kId;
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  for (const Code code : {Code::UNAVAILABLE, Code::RESOURCE_EXHAUSTED}) {
    EXPECT_FALSE(MayCreateAgain(ErrorWith(code, "m", info, retry)));
  }
}

TEST(RetryRulesTest, WaitsResumeAfterBrokenStreams) {
  EXPECT_TRUE(MayWaitAgain(Bare(Code::UNAVAILABLE)));
  EXPECT_TRUE(MayWaitAgain(WithReason(Code::UNAVAILABLE, "DRAINING")));
  EXPECT_TRUE(MayWaitAgain(Bare(Code::CANCELLED)));
  EXPECT_TRUE(MayWaitAgain(Bare(Code::UNKNOWN)));
  EXPECT_TRUE(MayWaitAgain(Bare(Code::INTERNAL)));
  EXPECT_TRUE(MayWaitAgain(WithDelay(Code::RESOURCE_EXHAUSTED)));
  EXPECT_TRUE(
      MayWaitAgain(WithReason(Code::DEADLINE_EXCEEDED, "MAX_WAIT_EXCEEDED")));
  EXPECT_FALSE(MayWaitAgain(WithReason(Code::UNKNOWN, "R")));
  EXPECT_FALSE(MayWaitAgain(WithReason(Code::INTERNAL, "R")));
  EXPECT_FALSE(MayWaitAgain(Bare(Code::DEADLINE_EXCEEDED)));
  EXPECT_FALSE(MayWaitAgain(Bare(Code::NOT_FOUND)));
  EXPECT_FALSE(MayWaitAgain(kUntrusted));
}

}  // namespace
}  // namespace wriftai::client
