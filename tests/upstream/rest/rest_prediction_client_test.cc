#include "upstream/rest/rest_prediction_client.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::_;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr char kPrediction[] =
    R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a","status":"pending"})";

class RestPredictionClientTest : public ::testing::Test {
 protected:
  RestPredictionClientTest() { Configure(CreatePath::kPredictions); }

  void Configure(CreatePath path) {
    RestClientOptions options;
    options.base_url = "https://api.wrift.ai/v1";
    options.create_path = path;
    client_ = std::make_unique<RestPredictionClient>(
        options, event_loop_, transport_, budgets_, random_);
  }

  static CallContext As(const char* token) {
    CallContext context;
    context.credential = MakeCredential(token);
    return context;
  }

  static CreateParams Params() {
    CreateParams params;
    params.model = {"deepseek-ai", "deepseek-r1", 2};
    params.input_json = R"({"prompt" : "é"})";
    return params;
  }

  void Get() {
    call_ = client_->Get(As("secret"), kId,
                         [this](auto result) { prediction_ = result; });
  }
  void Create(CreateParams params) {
    call_ = client_->Create(As("secret"), std::move(params),
                            [this](auto result) { prediction_ = result; });
  }

  const HttpRequest& sent() const { return transport_.sent().back(); }

  ManualEventLoop event_loop_;
  FakeTransport transport_;
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::kUnlimited, event_loop_};
  std::unique_ptr<RestPredictionClient> client_;
  CallHandle call_;
  std::optional<absl::StatusOr<v1::Prediction>> prediction_;
};

TEST_F(RestPredictionClientTest, SendsTraceWithEveryRequest) {
  const auto context = [] {
    CallContext traced = As("secret");
    traced.trace = std::make_shared<CallTrace>();
    traced.trace->traceparent = "00-parent";
    traced.trace->tracestate = "a=1";
    return traced;
  };
  std::vector<CallHandle> calls;
  calls.push_back(client_->Get(context(), kId, [](const auto&) {}));
  calls.push_back(client_->List(context(), ListParams(), [](const auto&) {}));
  calls.push_back(client_->Cancel(context(), kId, [](const auto&) {}));
  calls.push_back(client_->Create(context(), Params(), [](const auto&) {}));
  ASSERT_THAT(transport_.sent(), SizeIs(4));
  for (const HttpRequest& request : transport_.sent()) {
    EXPECT_THAT(request.headers, Contains(Pair("traceparent", "00-parent")));
    EXPECT_THAT(request.headers, Contains(Pair("tracestate", "a=1")));
  }
}

TEST_F(RestPredictionClientTest, SendsNoTraceHeadersWithoutTrace) {
  Get();
  EXPECT_THAT(sent().headers, Not(Contains(Pair("traceparent", _))));
  EXPECT_THAT(sent().headers, Not(Contains(Pair("tracestate", _))));
  CallContext context = As("secret");
  context.trace = std::make_shared<CallTrace>();
  call_ = client_->Get(std::move(context), kId, [](const auto&) {});
  EXPECT_THAT(sent().headers, Not(Contains(Pair("traceparent", _))));
  EXPECT_THAT(sent().headers, Not(Contains(Pair("tracestate", _))));
}

TEST_F(RestPredictionClientTest, GetRequestsPredictionWithToken) {
  Get();
  EXPECT_EQ(sent().method, HttpMethod::kGet);
  EXPECT_EQ(sent().url,
            std::string("https://api.wrift.ai/v1/predictions/") + kId);
  EXPECT_EQ(sent().bearer.Reveal(), "secret");
  EXPECT_THAT(sent().headers, Contains(Pair("accept", "application/json")));
  transport_.Respond(200, kPrediction);
  ASSERT_THAT(*prediction_, IsOk());
  EXPECT_EQ((*prediction_)->id(), kId);
}

TEST_F(RestPredictionClientTest, GetSharesConnectionsOnlyWithinCredential) {
  Get();
  EXPECT_EQ(sent().connection_scope, MakeCredential("secret")->key());
}

TEST_F(RestPredictionClientTest, GetRejectsPredictionWithAnotherId) {
  Get();
  transport_.Respond(
      200,
      R"({"id":"00000000-0000-4000-8000-000000000000","status":"pending"})");
  EXPECT_THAT(*prediction_, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(ReasonOf(prediction_->status()), v1::UPSTREAM_RESPONSE_INVALID);
}

TEST_F(RestPredictionClientTest, TriesReadThreeTimes) {
  Get();
  for (int i = 0; i < 3; ++i) {
    transport_.Respond(500, "");
    event_loop_.Advance(absl::Seconds(5));
  }
  EXPECT_THAT(transport_.sent(), SizeIs(3));
  EXPECT_THAT(*prediction_, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestPredictionClientTest, TriesReadOnceWithoutRetryReads) {
  CallContext context = As("secret");
  context.retry_reads = false;
  call_ = client_->Get(std::move(context), kId,
                       [this](auto r) { prediction_ = r; });
  transport_.Respond(500, "");
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(transport_.sent(), SizeIs(1));
}

TEST_F(RestPredictionClientTest, CreateSendsModelInBody) {
  Create(Params());
  EXPECT_EQ(sent().method, HttpMethod::kPost);
  EXPECT_EQ(sent().url, "https://api.wrift.ai/v1/predictions");
  EXPECT_EQ(
      sent().body,
      R"({"model":"deepseek-ai/deepseek-r1:2","input":{"prompt" : "é"}})");
  EXPECT_THAT(sent().headers,
              Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(sent().headers, Not(Contains(Pair("prefer", testing::_))));
  EXPECT_THAT(sent().headers,
              Not(Contains(Pair("validate-input", testing::_))));
}

TEST_F(RestPredictionClientTest, CreateSendsModelInPath) {
  Configure(CreatePath::kModels);
  Create(Params());
  EXPECT_EQ(sent().url,
            "https://api.wrift.ai/v1/models/deepseek-ai/deepseek-r1/versions/2/"
            "predictions");
  EXPECT_EQ(sent().body, R"({"input":{"prompt" : "é"}})");
  CreateParams latest = Params();
  latest.model.version.reset();
  Create(latest);
  EXPECT_EQ(sent().url,
            "https://api.wrift.ai/v1/models/deepseek-ai/deepseek-r1/"
            "predictions");
}

TEST_F(RestPredictionClientTest, EncodesModelInPath) {
  Configure(CreatePath::kModels);
  CreateParams params = Params();
  params.model = {"a/../b?x#y", "ü %2F&c=1\r\nhost: evil", 1};
  Create(params);
  EXPECT_EQ(sent().url,
            "https://api.wrift.ai/v1/models/a%2F..%2Fb%3Fx%23y/"
            "%C3%BC%20%252F%26c%3D1%0D%0Ahost%3A%20evil/versions/1/"
            "predictions");
}

TEST_F(RestPredictionClientTest, CreateSendsOptions) {
  CreateParams params = Params();
  params.validate_input = true;
  params.server_wait = 20;
  params.webhook = WebhookParams{"https://me/hook", Secret("key")};
  Create(params);
  EXPECT_THAT(sent().headers, Contains(Pair("validate-input", "true")));
  EXPECT_THAT(sent().headers, Contains(Pair("prefer", "wait=20")));
  EXPECT_EQ(sent().timeout, absl::Seconds(80)) << "server_wait is added";
  EXPECT_EQ(sent().body,
            R"({"model":"deepseek-ai/deepseek-r1:2","input":{"prompt" : "é"},)"
            R"("webhook":{"url":"https://me/hook","secret":"key"}})");
  params.validate_input = false;
  Create(params);
  EXPECT_THAT(sent().headers, Contains(Pair("validate-input", "false")));
}

TEST_F(RestPredictionClientTest, NeverSendsCreateTwice) {
  for (const int http : {500, 502, 503, 504}) {
    Create(Params());
    const size_t before = transport_.sent().size();
    transport_.Respond(http, "");
    event_loop_.Advance(absl::Minutes(5));
    EXPECT_EQ(transport_.sent().size(), before) << http;
  }
}

TEST_F(RestPredictionClientTest, CreateWithoutResponseIsUnknown) {
  Create(Params());
  transport_.Fail(TransportFailure::Kind::kInterrupted, true);
  event_loop_.Advance(absl::Minutes(5));
  EXPECT_THAT(transport_.sent(), SizeIs(1));
  EXPECT_THAT(*prediction_, StatusIs(absl::StatusCode::kUnknown));
  EXPECT_EQ(ReasonOf(prediction_->status()), v1::CREATE_OUTCOME_UNKNOWN);
}

TEST_F(RestPredictionClientTest, RejectsSuccessWithoutPrediction) {
  Get();
  transport_.Respond(200, "<html>");
  EXPECT_THAT(*prediction_, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(ReasonOf(prediction_->status()), v1::UPSTREAM_RESPONSE_INVALID);
}

TEST_F(RestPredictionClientTest, ListEncodesTheCursor) {
  std::optional<absl::StatusOr<PredictionPage>> page;
  call_ = client_->List(As("secret"), {48, "eyJ+/=&page_size=1"},
                        [&](auto result) { page = std::move(result); });
  EXPECT_EQ(sent().url,
            "https://api.wrift.ai/v1/predictions?page_size=48&cursor="
            "eyJ%2B%2F%3D%26page_size%3D1");
  transport_.Respond(200, std::string(R"({"items":[)") + kPrediction +
                              R"(],"next_cursor":"n","previous_cursor":null})");
  ASSERT_THAT(*page, IsOk());
  EXPECT_THAT((*page)->predictions, SizeIs(1));
  EXPECT_EQ((*page)->next_cursor, "n");
  EXPECT_THAT((*page)->previous_cursor, IsEmpty());
}

TEST_F(RestPredictionClientTest, RetiresConnectionsWithInvalidResponses) {
  const auto get = [&](int status, const char* body) {
    call_ = client_->Get(As("secret"), kId, [](const auto&) {});
    transport_.Respond(status, body);
    return transport_.retired().size();
  };
  EXPECT_EQ(get(200, kPrediction), 0U);
  EXPECT_EQ(get(404, "<html>"), 0U);
  EXPECT_EQ(get(200, R"({"id":"11111111-2222-3333-4444-555555555555",
                         "status":"started"})"),
            1U);
  EXPECT_EQ(get(200, R"({"items":[]})"), 2U);
  EXPECT_EQ(transport_.retired().back(), As("secret").credential->key());
  call_ = client_->Cancel(As("secret"), kId, [](const auto&) {});
  transport_.Respond(200, R"({"id":"11111111-2222-3333-4444-555555555555"})");
  EXPECT_THAT(transport_.retired(), SizeIs(3));
}

TEST_F(RestPredictionClientTest, CancelIsPostWithoutRetry) {
  std::optional<absl::Status> status;
  call_ = client_->Cancel(As("secret"), kId, [&](auto s) { status = s; });
  EXPECT_EQ(sent().method, HttpMethod::kPost);
  EXPECT_EQ(sent().url, std::string("https://api.wrift.ai/v1/predictions/") +
                            kId + "/cancel");
  transport_.Respond(503, "");
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(transport_.sent(), SizeIs(1));
  EXPECT_THAT(*status, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestPredictionClientTest, CancelAcceptsJsonOrEmptyBody) {
  for (const char* body : {"null", " null\n", "", kPrediction}) {
    std::optional<absl::Status> status;
    call_ = client_->Cancel(As("secret"), kId, [&](auto s) { status = s; });
    transport_.Respond(200, body);
    EXPECT_THAT(*status, IsOk()) << body;
  }
}

TEST_F(RestPredictionClientTest, CancelRejectsAnotherPrediction) {
  for (const char* body : {R"({"id":"11111111-2222-3333-4444-555555555555"})",
                           R"({"id":7})", R"({"\u0069d":""})"}) {
    std::optional<absl::Status> status;
    call_ = client_->Cancel(As("secret"), kId, [&](auto s) { status = s; });
    transport_.Respond(200, body);
    EXPECT_EQ(ReasonOf(*status), v1::UPSTREAM_RESPONSE_INVALID) << body;
    EXPECT_THAT(std::string(status->message()), HasSubstr("id: expected"));
  }
}

TEST_F(RestPredictionClientTest, CancelRejectsProxyPage) {
  std::optional<absl::Status> status;
  call_ = client_->Cancel(As("secret"), kId, [&](auto s) { status = s; });
  transport_.Respond(200, "<html>Sign in</html>");
  EXPECT_EQ(ReasonOf(*status), v1::UPSTREAM_RESPONSE_INVALID);
}

}  // namespace
}  // namespace wriftai
