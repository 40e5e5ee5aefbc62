#include "sandbox/faults.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/fault_json.h"
#include "sandbox/validation_errors.h"
#include "tests/support/status_matchers.h"

namespace wriftai::sandbox {
namespace {

using testing::HasSubstr;

class FaultScriptTest : public testing::Test {
 protected:
  void Add(absl::string_view json) {
    const auto faults = ReadFaults(json);
    ASSERT_THAT(faults, IsOk());
    for (const Fault& fault : *faults) ASSERT_THAT(script_.Add(fault), IsOk());
  }
  // Returns the status of the fault that applies to the request; 0 if none.
  int MatchedStatus(absl::string_view method, absl::string_view path) {
    const auto fault = script_.Match(method, path);
    return fault.has_value() ? fault->status.value_or(-1) : 0;
  }

  FaultScript script_;
};

TEST_F(FaultScriptTest, MatchesAllRequestsWithoutConditions) {
  Add(R"([{"status":500}])");
  EXPECT_EQ(MatchedStatus("GET", "/v1/predictions"), 500);
  EXPECT_EQ(MatchedStatus("POST", "/x"), 500);
}

TEST_F(FaultScriptTest, RequiresAllConditions) {
  Add(R"([{"status":500,"method":"GET","path_prefix":"/v1/pre",
           "path_regex":"/[0-9]+$"}])");
  EXPECT_EQ(MatchedStatus("GET", "/v1/predictions/12"), 500);
  EXPECT_EQ(MatchedStatus("POST", "/v1/predictions/12"), 0);
  EXPECT_EQ(MatchedStatus("GET", "/v2/predictions/12"), 0);
  EXPECT_EQ(MatchedStatus("GET", "/v1/predictions/ab"), 0);
}

TEST_F(FaultScriptTest, AppliesAfterAndTimes) {
  Add(R"([{"status":500,"after":1,"times":2,"method":"GET"}])");
  EXPECT_EQ(MatchedStatus("GET", "/"), 0);
  EXPECT_EQ(MatchedStatus("POST", "/"), 0);
  EXPECT_EQ(MatchedStatus("GET", "/"), 500);
  EXPECT_EQ(MatchedStatus("GET", "/"), 500);
  EXPECT_EQ(MatchedStatus("GET", "/"), 0);
}

TEST_F(FaultScriptTest, AppliesFirstMatchingFault) {
  Add(R"([{"status":501,"times":1},{"status":502}])");
  EXPECT_EQ(MatchedStatus("GET", "/"), 501);
  EXPECT_EQ(MatchedStatus("GET", "/"), 502);
}

TEST_F(FaultScriptTest, ClearRemovesFaults) {
  Add(R"([{"status":500}])");
  script_.Clear();
  EXPECT_EQ(MatchedStatus("GET", "/"), 0);
}

TEST_F(FaultScriptTest, RejectsInvalidPattern) {
  Fault fault;
  fault.path_regex = "(";
  EXPECT_THAT(script_.Add(fault), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("path_regex: ")));
}

TEST(ReadFaultsTest, ReadsEveryMember) {
  const auto faults = ReadFaults(R"([{
      "method": "POST", "path_prefix": "/v1", "path_regex": "x", "after": 1,
      "times": 2, "status": 503, "headers": {"retry-after": "7"},
      "body": "busy", "process": true, "delay_ms": 250, "cut_body": true,
      "bad_json": true, "huge_body": 1000, "close_without_response": true,
      "close_after_processing": true, "rate_headers": "zero"}])");
  ASSERT_THAT(faults, IsOk());
  const Fault& fault = faults->at(0);
  EXPECT_EQ(fault.method, "POST");
  EXPECT_EQ(fault.path_prefix, "/v1");
  EXPECT_EQ(fault.path_regex, "x");
  EXPECT_EQ(fault.after, 1);
  EXPECT_EQ(fault.times, 2);
  EXPECT_EQ(fault.status, 503);
  EXPECT_EQ(fault.headers, (Headers{{"retry-after", "7"}}));
  EXPECT_EQ(fault.body, "busy");
  EXPECT_EQ(fault.delay, absl::Milliseconds(250));
  EXPECT_EQ(fault.huge_body, 1000);
  EXPECT_TRUE(fault.process && fault.cut_body && fault.bad_json &&
              fault.close_without_response && fault.close_after_processing);
  EXPECT_EQ(fault.rate_headers, Fault::RateHeaders::kZero);
}

TEST(ReadFaultsTest, NamesFaultAndMember) {
  EXPECT_THAT(ReadFaults(R"([{},{"status":99}])"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "fault 1, status: expected a whole number from 200 to "
                       "599"));
  EXPECT_THAT(ReadFaults(R"([{"stutus":500}])"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "fault 0, stutus: unknown member; see "
                       "sandbox/README.md"));
}

TEST(ReadFaultsTest, RejectsAnythingButList) {
  EXPECT_THAT(ReadFaults("{}"), StatusIs(absl::StatusCode::kInvalidArgument,
                                         "expected an array of faults"));
  EXPECT_THAT(ReadFaults("["), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("not valid JSON at byte 1")));
  EXPECT_THAT(ReadFaults("[1]"), StatusIs(absl::StatusCode::kInvalidArgument,
                                          "fault 0: expected an object"));
}

class ApplyFaultTest : public testing::Test {
 protected:
  ApplyFaultTest() {
    response_ = JsonResponse(200, R"({"id":1})");
    response_.headers.emplace_back("x-ratelimit-limit", "3");
  }
  std::string Header(absl::string_view name) {
    for (const auto& header : response_.headers) {
      if (header.first == name) return header.second;
    }
    return "absent";
  }

  Fault fault_;
  Response response_;
};

TEST_F(ApplyFaultTest, StatusReplacesResponse) {
  fault_.status = 502;
  fault_.body = "<html>";
  fault_.headers = {{"content-type", "text/html"}};
  ApplyFault(fault_, &response_);
  EXPECT_FALSE(fault_.ReachesApi());
  EXPECT_EQ(response_.status, 502);
  EXPECT_EQ(response_.body, "<html>");
  EXPECT_EQ(Header("content-type"), "text/html");
  EXPECT_EQ(Header("x-ratelimit-limit"), "absent");
}

TEST_F(ApplyFaultTest, ProcessKeepsHeadersOfApi) {
  fault_.status = 502;
  fault_.process = true;
  ApplyFault(fault_, &response_);
  EXPECT_TRUE(fault_.ReachesApi());
  EXPECT_EQ(response_.status, 502);
  EXPECT_EQ(response_.body, "");
  EXPECT_EQ(Header("x-ratelimit-limit"), "3");
}

TEST_F(ApplyFaultTest, HeadersModifyResponseOfApi) {
  fault_.headers = {{"X-Ratelimit-Limit", "9"}, {"x-new", "1"}};
  ApplyFault(fault_, &response_);
  EXPECT_EQ(response_.body, R"({"id":1})");
  EXPECT_EQ(Header("x-ratelimit-limit"), "9");
  EXPECT_EQ(Header("x-new"), "1");
}

TEST_F(ApplyFaultTest, CorruptsRateHeaders) {
  fault_.rate_headers = Fault::RateHeaders::kNegative;
  ApplyFault(fault_, &response_);
  EXPECT_EQ(Header("x-ratelimit-remaining"), "-1");
  fault_.rate_headers = Fault::RateHeaders::kMissing;
  ApplyFault(fault_, &response_);
  EXPECT_EQ(Header("x-ratelimit-limit"), "absent");
  EXPECT_EQ(Header("content-type"), "application/json");
}

TEST_F(ApplyFaultTest, ClosesBeforeOrAfterProcessing) {
  fault_.close_without_response = true;
  EXPECT_FALSE(fault_.ReachesApi());
  fault_.close_without_response = false;
  fault_.close_after_processing = true;
  EXPECT_TRUE(fault_.ReachesApi());
  ApplyFault(fault_, &response_);
  EXPECT_EQ(response_.delivery, Delivery::kNone);
}

TEST_F(ApplyFaultTest, DoesNotStoreHugeBody) {
  fault_.huge_body = int64_t{1} << 40;
  ApplyFault(fault_, &response_);
  EXPECT_EQ(response_.delivery, Delivery::kHuge);
  EXPECT_EQ(response_.huge_bytes, int64_t{1} << 40);
  EXPECT_EQ(response_.body, "");
}

}  // namespace
}  // namespace wriftai::sandbox
