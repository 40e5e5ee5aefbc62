#include "service/telemetry/call_outcome.h"

#include "gtest/gtest.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using Code = absl::StatusCode;

CallOutcome Of(Code code, bool is_stream = false) {
  return OutcomeOf(absl::Status(code, "why"), "aaa", is_stream);
}

CallOutcome Of(Code code, v1::ErrorReason reason) {
  return OutcomeOf(GatewayError(code, reason, "why"), "aaa", false);
}

TEST(CallOutcomeTest, SuccessIsOk) {
  EXPECT_EQ(OutcomeOf(absl::OkStatus(), "aaa", true), CallOutcome::kOk);
}

TEST(CallOutcomeTest, WhatCallersMustCorrectIsTheirMistake) {
  for (const Code code :
       {Code::kInvalidArgument, Code::kNotFound, Code::kAlreadyExists,
        Code::kFailedPrecondition, Code::kAborted, Code::kOutOfRange,
        Code::kUnimplemented, Code::kUnauthenticated,
        Code::kPermissionDenied}) {
    EXPECT_EQ(Of(code), CallOutcome::kCallerMistake) << code;
  }
  EXPECT_EQ(Of(Code::kResourceExhausted, v1::MESSAGE_TOO_LARGE),
            CallOutcome::kCallerMistake);
}

TEST(CallOutcomeTest, WhatOperatorsMustCorrectIsFailure) {
  for (const Code code :
       {Code::kUnknown, Code::kInternal, Code::kDataLoss, Code::kUnavailable,
        Code::kResourceExhausted, Code::kDeadlineExceeded}) {
    EXPECT_EQ(Of(code), CallOutcome::kFailure) << code;
  }
  EXPECT_EQ(Of(Code::kResourceExhausted, v1::BUDGET_EXHAUSTED),
            CallOutcome::kFailure);
}

TEST(CallOutcomeTest, ErrorsOfOwnTokenAreFailures) {
  for (const Code code : {Code::kUnauthenticated, Code::kPermissionDenied}) {
    EXPECT_EQ(OutcomeOf(absl::Status(code, ""), "gateway", false),
              CallOutcome::kFailure);
  }
  EXPECT_EQ(OutcomeOf(absl::NotFoundError(""), "gateway", false),
            CallOutcome::kCallerMistake);
}

TEST(CallOutcomeTest, ExpectedEndsAreRoutine) {
  EXPECT_EQ(Of(Code::kCancelled), CallOutcome::kRoutine);
  for (const v1::ErrorReason reason :
       {v1::DRAINING, v1::STREAM_AGE_REACHED, v1::NOT_OWNER}) {
    EXPECT_EQ(Of(Code::kUnavailable, reason), CallOutcome::kRoutine);
  }
  EXPECT_EQ(Of(Code::kDeadlineExceeded, true), CallOutcome::kRoutine);
}

}  // namespace
}  // namespace wriftai
