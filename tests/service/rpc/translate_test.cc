#include "service/rpc/translate.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

v1::CreateRequest ValidCreate() {
  v1::CreateRequest request;
  request.set_model("a/b");
  request.set_input_json("{}");
  return request;
}

// The field that `result` rejects.
template <typename T>
std::string InvalidField(const absl::StatusOr<T>& result) {
  if (result.ok()) return "none";
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument));
  const auto bad_request = GetDetail<google::rpc::BadRequest>(result.status());
  return bad_request.has_value() ? bad_request->field_violations(0).field()
                                 : "no BadRequest";
}

TEST(TranslateTest, ConvertsIdToLowerCase) {
  v1::GetRequest request;
  request.set_id("C12258C4-ED83-4D7B-A784-8ED55412325A");
  EXPECT_EQ(CallFrom(request)->id, kId);
}

TEST(TranslateTest, RejectsInvalidId) {
  for (const std::string bad : {"", "1", "c12258c4ed834d7ba7848ed55412325a",
                                "c12258c4-ed83-4d7b-a784-8ed55412325",
                                "c12258c4-ed83-4d7b-a784-8ed55412325a ",
                                "g12258c4-ed83-4d7b-a784-8ed55412325a",
                                "c12258c4-ed83-4d7b-a784-8ed5541232/a",
                                "c12258c4_ed83-4d7b-a784-8ed55412325a",
                                "../../../../../../etc/passwd"}) {
    v1::GetRequest get;
    get.set_id(bad);
    EXPECT_THAT(CallFrom(get),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "id: expected a UUID such as "
                         "c12258c4-ed83-4d7b-a784-8ed55412325a"));
    v1::CancelRequest cancel;
    cancel.set_id(bad);
    EXPECT_EQ(InvalidField(CallFrom(cancel)), "id");
    v1::WaitRequest wait;
    wait.set_id(bad);
    EXPECT_EQ(InvalidField(CallFrom(wait)), "id");
  }
}

TEST(TranslateTest, PayloadFormatDefaultsToValue) {
  v1::GetRequest request;
  request.set_id(kId);
  EXPECT_EQ(CallFrom(request)->format, v1::PAYLOAD_FORMAT_VALUE);
  request.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
  EXPECT_EQ(CallFrom(request)->format, v1::PAYLOAD_FORMAT_JSON);
  request.set_payload_format(static_cast<v1::PayloadFormat>(7));
  EXPECT_EQ(InvalidField(CallFrom(request)), "payload_format");
}

TEST(TranslateTest, KeepsInputJsonByteForByte) {
  v1::CreateRequest request = ValidCreate();
  request.set_input_json(" {\"b\" : 1e400,  \"a\":[9007199254740993]}\n");
  EXPECT_EQ(CallFrom(request)->params.input_json,
            " {\"b\" : 1e400,  \"a\":[9007199254740993]}\n");
}

TEST(TranslateTest, AcceptsInputJsonWithALoneSurrogate) {
  v1::CreateRequest request = ValidCreate();
  request.set_input_json(R"({"\ud83d":"\udc00\ud83d"})");
  EXPECT_EQ(CallFrom(request)->params.input_json, request.input_json());
}

TEST(TranslateTest, RejectsMissingInput) {
  v1::CreateRequest request = ValidCreate();
  request.clear_input_payload();
  EXPECT_THAT(CallFrom(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "input: expected one of input and input_json"));
}

TEST(TranslateTest, RejectsInvalidJsonWithPosition) {
  v1::CreateRequest request = ValidCreate();
  for (const std::string& bad :
       {std::string("{\"a\":"), std::string(), std::string("nope"),
        std::string(100'000, '['), std::string("{} {}")}) {
    request.set_input_json(bad);
    const auto call = CallFrom(request);
    EXPECT_EQ(InvalidField(call), "input_json");
    EXPECT_THAT(std::string(call.status().message()),
                StartsWith("input_json: not valid JSON at byte "));
    EXPECT_LT(call.status().message().size(), 400u);
  }
}

TEST(TranslateTest, RequiresAbsoluteHttpWebhookUrl) {
  v1::CreateRequest request = ValidCreate();
  for (const std::string good :
       {"http://a", "https://hooks.example.com:8443/x?y=z", "HTTPS://A/",
        "http://[::1]:80/"}) {
    request.mutable_webhook()->set_url(good);
    const auto call = CallFrom(request);
    ASSERT_THAT(call, IsOk()) << good;
    EXPECT_EQ(call->params.webhook->url, good);
  }
  for (const std::string& bad :
       {std::string(), std::string("ftp://a/b"), std::string("/relative"),
        std::string("http://"), std::string("http:///x"),
        std::string("http://a b"), std::string("http://a\r\nx: y"),
        std::string("javascript:alert(1)"), std::string("https://?x"),
        "http://" + std::string(2048, 'a')}) {
    request.mutable_webhook()->set_url(bad);
    EXPECT_EQ(InvalidField(CallFrom(request)), "webhook.url") << bad;
  }
}

TEST(TranslateTest, WebhookSecretsAreOptionalAndBounded) {
  v1::CreateRequest request = ValidCreate();
  request.mutable_webhook()->set_url("http://a");
  EXPECT_FALSE(CallFrom(request)->params.webhook->secret.has_value());
  request.mutable_webhook()->set_secret("key");
  EXPECT_EQ(CallFrom(request)->params.webhook->secret->Reveal(), "key");
  request.mutable_webhook()->set_secret("");
  EXPECT_EQ(InvalidField(CallFrom(request)), "webhook.secret");
  request.mutable_webhook()->set_secret(std::string(1025, 'k'));
  const auto call = CallFrom(request);
  EXPECT_EQ(InvalidField(call), "webhook.secret");
  EXPECT_THAT(call.status().ToString(), testing::Not(HasSubstr("kkk")));
}

TEST(TranslateTest, ValidateInputIsSentOnlyWhenGiven) {
  v1::CreateRequest request = ValidCreate();
  EXPECT_EQ(CallFrom(request)->params.validate_input, std::nullopt);
  request.set_validate_input(false);
  EXPECT_EQ(CallFrom(request)->params.validate_input, false);
}

TEST(TranslateTest, ServerWaitAcceptsWholeSecondsFromOneToSixty) {
  v1::CreateRequest request = ValidCreate();
  EXPECT_EQ(CallFrom(request)->params.server_wait, std::nullopt);
  request.mutable_server_wait()->set_seconds(60);
  EXPECT_EQ(CallFrom(request)->params.server_wait, 60);
  for (const auto& [seconds, nanos] :
       {std::pair<int64_t, int>(0, 0),
        {61, 0},
        {-1, 0},
        {1, 500'000'000},
        {std::numeric_limits<int64_t>::max(), 0}}) {
    request.mutable_server_wait()->set_seconds(seconds);
    request.mutable_server_wait()->set_nanos(nanos);
    EXPECT_EQ(InvalidField(CallFrom(request)), "server_wait") << seconds;
  }
}

TEST(TranslateTest, RequestIdIsUuidOrEmpty) {
  v1::CreateRequest request = ValidCreate();
  EXPECT_EQ(CallFrom(request)->request_id, "");
  request.set_request_id("C12258C4-ed83-4d7b-a784-8ed55412325a");
  EXPECT_EQ(CallFrom(request)->request_id, kId);
  request.set_request_id("retry-1");
  EXPECT_EQ(InvalidField(CallFrom(request)), "request_id");
}

TEST(TranslateTest, PollIntervalDefaultsToOneSecond) {
  v1::WaitRequest request;
  request.set_id(kId);
  EXPECT_EQ(CallFrom(request)->options.poll_interval, absl::Seconds(1));
  EXPECT_FALSE(CallFrom(request)->options.only_changes);
}

TEST(TranslateTest, PollIntervalHasMinAndMax) {
  v1::WaitRequest request;
  request.set_id(kId);
  auto* const interval =
      request.mutable_wait_options()->mutable_poll_interval();
  interval->set_nanos(100'000'000);
  EXPECT_EQ(CallFrom(request)->options.poll_interval, absl::Milliseconds(100));
  interval->set_nanos(99'999'999);
  EXPECT_EQ(InvalidField(CallFrom(request)), "wait_options.poll_interval");
  interval->set_seconds(86'400);
  interval->set_nanos(0);
  EXPECT_EQ(CallFrom(request)->options.poll_interval, absl::Hours(24));
}

TEST(TranslateTest, RejectsInvalidPollIntervals) {
  v1::WaitRequest request;
  request.set_id(kId);
  auto* const interval =
      request.mutable_wait_options()->mutable_poll_interval();
  for (const auto& [seconds, nanos] : {std::pair<int64_t, int>(-1, 0),
                                       {1, -1},
                                       {0, -5},
                                       {0, 0},
                                       {1, 1'000'000'000},
                                       {std::numeric_limits<int64_t>::max(), 0},
                                       {std::numeric_limits<int64_t>::min(), 0},
                                       {86'400, 1}}) {
    interval->set_seconds(seconds);
    interval->set_nanos(nanos);
    EXPECT_EQ(InvalidField(CallFrom(request)), "wait_options.poll_interval")
        << seconds << " " << nanos;
  }
}

TEST(TranslateTest, ClampsLargePageSizesOnly) {
  v1::ListRequest request;
  for (const auto& [requested, used] :
       {std::pair(0, 25),
        {1, 1},
        {4, 4},
        {50, 50},
        {51, 50},
        {std::numeric_limits<int>::max(), 50}}) {
    request.set_page_size(requested);
    EXPECT_EQ(CallFrom(request)->page_size, used);
  }
  request.set_page_size(-1);
  EXPECT_THAT(
      CallFrom(request),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "page_size: expected 0 (for the default of 25) or 1 to 50"));
}

TEST(TranslateTest, CreateAndWaitPrefixesCreateFields) {
  v1::CreateAndWaitRequest request;
  EXPECT_EQ(InvalidField(CallFrom(request)), "create.model");
  *request.mutable_create() = ValidCreate();
  EXPECT_THAT(CallFrom(request), IsOk());
  request.mutable_create()->mutable_webhook()->set_url("x");
  EXPECT_EQ(InvalidField(CallFrom(request)), "create.webhook.url");
  *request.mutable_create() = ValidCreate();
  request.mutable_wait_options()->mutable_poll_interval()->set_seconds(-1);
  EXPECT_EQ(InvalidField(CallFrom(request)), "wait_options.poll_interval");
}

}  // namespace
}  // namespace wriftai
