#include "service/telemetry/recent_errors.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "gtest/gtest.h"
#include "upstream/error_details.h"
#include "upstream/rest/http_status.h"

namespace wriftai {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(43'200);

// Text that only the caller may see.
constexpr char kMarker[] = "marker-of-a-payload";

absl::Status Draining() {
  return GatewayError(absl::StatusCode::kUnavailable, v1::DRAINING,
                      "this gateway is shutting down");
}

FailedCall Failed(const std::string& method, int id) {
  FailedCall call;
  call.method = method;
  call.reason = "REASON";
  call.request_id = absl::StrCat("request-", id);
  call.time = kNoon + absl::Seconds(id);
  return call;
}

absl::Status UpstreamRejection() {
  HttpResponse response;
  response.status = 422;
  response.headers = {{"x-request-id", "upstream-7"}};
  response.body =
      absl::StrCat(R"({"detail":[{"loc":["body","input",")", kMarker,
                   R"("],"msg":"no )", kMarker, R"(","type":"value_error"}]})");
  return StatusFromResponse(response, {Operation::kCreate, "a/b"}, kNoon);
}

TEST(DescribeErrorTest, UpstreamErrorShowsOnlyHttpStatus) {
  const absl::Status status = UpstreamRejection();
  ASSERT_TRUE(absl::StrContains(status.message(), kMarker));
  const FailedCall call = DescribeError(status);
  EXPECT_EQ(call.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(call.reason, "REQUEST_REFUSED");
  EXPECT_EQ(call.message, "WriftAI returned 422");
  EXPECT_EQ(call.upstream_request_id, "upstream-7");
}

TEST(DescribeErrorTest, InvalidResponseIsNotQuoted) {
  HttpResponse response;
  response.status = 200;
  const FailedCall call = DescribeError(InvalidResponse(response, {}, kMarker));
  EXPECT_EQ(call.reason, "UPSTREAM_RESPONSE_INVALID");
  EXPECT_EQ(call.message, "WriftAI returned 200");
}

TEST(DescribeErrorTest, InvalidFieldIsNamedWithoutValue) {
  const FailedCall call = DescribeError(
      FieldError("input_json", absl::StrCat("valid JSON, got ", kMarker)));
  EXPECT_EQ(call.reason, "INVALID_FIELD");
  EXPECT_EQ(call.message, "input_json");
}

TEST(DescribeErrorTest, GatewayErrorShowsItsMessage) {
  const FailedCall call = DescribeError(Draining());
  EXPECT_EQ(call.code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(call.reason, "DRAINING");
  EXPECT_EQ(call.message, "this gateway is shutting down");
  EXPECT_EQ(call.upstream_request_id, "");
}

TEST(DescribeErrorTest, ErrorWithoutErrorInfoShowsOnlyCode) {
  const FailedCall call = DescribeError(absl::InternalError(kMarker));
  EXPECT_EQ(call.code, absl::StatusCode::kInternal);
  EXPECT_EQ(call.reason, "");
  EXPECT_EQ(call.message, "");
}

TEST(RecentErrorsTest, ListsNewestFirst) {
  RecentErrors errors;
  errors.Add(kNoon, "Wait", "aaa", Draining());
  errors.Add(kNoon + absl::Seconds(1), "Get", "bbb", UpstreamRejection());
  ASSERT_EQ(errors.calls().size(), 2u);
  EXPECT_EQ(errors.calls()[0].method, "Get");
  EXPECT_EQ(errors.calls()[0].credential, "bbb");
  EXPECT_EQ(errors.calls()[0].time, kNoon + absl::Seconds(1));
  EXPECT_EQ(errors.calls()[1].method, "Wait");
}

TEST(RecentErrorsTest, MergesSimilarErrorsAndShowsLatest) {
  RecentErrors errors;
  errors.Add(Failed("Wait", 1));
  errors.Add(Failed("Get", 2));
  errors.Add(Failed("Wait", 3));
  ASSERT_EQ(errors.calls().size(), 2u);
  EXPECT_EQ(errors.calls()[0].method, "Wait");
  EXPECT_EQ(errors.calls()[0].count, 2);
  EXPECT_EQ(errors.calls()[0].request_id, "request-3");
  EXPECT_EQ(errors.calls()[1].count, 1);
  EXPECT_EQ(errors.total(), 3);
}

TEST(RecentErrorsTest, SeparatesByMethodReasonCodeAndCredential) {
  RecentErrors errors;
  const FailedCall first = Failed("Wait", 1);
  FailedCall method = first;
  method.method = "Get";
  FailedCall code = first;
  code.code = absl::StatusCode::kInternal;
  FailedCall reason = first;
  reason.reason = "OTHER";
  FailedCall credential = first;
  credential.credential = "aaa";
  for (const auto& call : {first, method, code, reason, credential}) {
    errors.Add(call);
  }
  EXPECT_EQ(errors.calls().size(), 5u);
}

TEST(RecentErrorsTest, EvictsOldestBeyondFiftyEntries) {
  RecentErrors errors;
  const int count = static_cast<int>(RecentErrors::kMaxEntries) + 3;
  for (int i = 0; i < count; ++i) {
    errors.Add(Failed(absl::StrCat("method-", i), i));
  }
  ASSERT_EQ(errors.calls().size(), RecentErrors::kMaxEntries);
  EXPECT_EQ(errors.calls().front().method, absl::StrCat("method-", count - 1));
  EXPECT_EQ(errors.calls().back().method, "method-3");
  EXPECT_EQ(errors.total(), count);
}

TEST(RecentErrorsTest, SanitizesAndTruncatesTexts) {
  RecentErrors errors;
  FailedCall call = Failed("Wait", 1);
  call.message = std::string(5000, 'a');
  call.upstream_request_id = "\xff\n\x1b[2Jid\u00e9";
  errors.Add(call);
  EXPECT_EQ(errors.calls()[0].message, std::string(kMaxShownBytes, 'a'));
  EXPECT_EQ(errors.calls()[0].upstream_request_id, "???[2Jid??");
}

TEST(RecentErrorsTest, IgnoresCancellation) {
  RecentErrors errors;
  errors.Add(kNoon, "Wait", "aaa",
             absl::CancelledError("the caller cancelled"));
  errors.Add(kNoon, "Wait", "aaa", absl::OkStatus());
  EXPECT_TRUE(errors.calls().empty());
  EXPECT_EQ(errors.total(), 0);
}

}  // namespace
}  // namespace wriftai
