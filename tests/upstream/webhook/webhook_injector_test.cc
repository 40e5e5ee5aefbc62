#include "upstream/webhook/webhook_injector.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "upstream/create/create_deduplicator.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kUrl[] = "https://gateway/webhooks/wriftai";
constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr char kRequest[] = "11111111-1111-1111-1111-111111111111";

// Records what was created.
class RecordingCreates : public WebhookInjector::Observer {
 public:
  void OnCreated(const Credential& credential, const v1::Prediction& created,
                 bool with_gateway_webhook) override {
    EXPECT_EQ(credential.token().Reveal(), "token");
    list.push_back(created.id() +
                   (with_gateway_webhook ? " gateway" : " caller"));
  }

  std::vector<std::string> list;
};

class WebhookInjectorTest : public ::testing::Test {
 protected:
  static CallContext Context() {
    CallContext context;
    context.credential = MakeCredential("token");
    return context;
  }
  static CreateParams Params() {
    CreateParams params;
    params.model = {"a", "b", std::nullopt};
    params.input_json = "{}";
    return params;
  }
  PredictionDone Keep() {
    return [this](auto result) { results_.push_back(std::move(result)); };
  }
  const std::optional<WebhookParams>& Sent(size_t call) const {
    return client_.calls()[call].create.webhook;
  }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  std::string key_ = "old";
  RecordingCreates created_;
  WebhookInjector injector_{client_,
                            [this](const Credential& credential) {
                              EXPECT_EQ(credential.token().Reveal(),
                                        Context().credential->token().Reveal());
                              return WebhookParams{kUrl, Secret(key_)};
                            },
                            created_};
  CreateDeduplicator deduplicator_{event_loop_, injector_, client_};
  std::vector<absl::StatusOr<v1::Prediction>> results_;
};

TEST_F(WebhookInjectorTest, AddsGatewayWebhookToCreateWithoutOne) {
  const auto call = injector_.Create(Context(), Params(), Keep());
  ASSERT_TRUE(Sent(0).has_value());
  EXPECT_EQ(Sent(0)->url, kUrl);
  EXPECT_EQ(Sent(0)->secret->Reveal(), "old");
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_THAT(created_.list, ElementsAre(std::string(kId) + " gateway"));
  EXPECT_THAT(results_, SizeIs(1));
}

TEST_F(WebhookInjectorTest, KeepsWebhookOfCaller) {
  CreateParams params = Params();
  params.webhook = WebhookParams{"https://caller/", std::nullopt};
  const auto call = injector_.Create(Context(), params, Keep());
  EXPECT_EQ(Sent(0)->url, "https://caller/");
  EXPECT_FALSE(Sent(0)->secret.has_value());
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_THAT(created_.list, ElementsAre(std::string(kId) + " caller"));
}

TEST_F(WebhookInjectorTest, AddsNoWebhookWithoutPublicUrl) {
  WebhookInjector none(client_, nullptr, created_);
  const auto call = none.Create(Context(), Params(), Keep());
  EXPECT_FALSE(Sent(0).has_value());
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_THAT(created_.list, ElementsAre(std::string(kId) + " caller"));
}

TEST_F(WebhookInjectorTest, DoesNotReportFailedCreate) {
  const auto call = injector_.Create(Context(), Params(), Keep());
  client_.Complete(absl::UnavailableError("no"));
  EXPECT_THAT(created_.list, IsEmpty());
  EXPECT_THAT(results_, ElementsAre(StatusIs(absl::StatusCode::kUnavailable)));
}

TEST_F(WebhookInjectorTest, DeduplicatesCreateAcrossKeyRotation) {
  const auto first =
      deduplicator_.Create(Context(), kRequest, Params(), Keep());
  client_.Complete(MakePrediction(kId, "pending"));
  key_ = "new";
  const auto second =
      deduplicator_.Create(Context(), kRequest, Params(), Keep());
  event_loop_.RunPosted();
  EXPECT_THAT(client_.calls(), SizeIs(1));
  EXPECT_THAT(results_, ElementsAre(IsOk(), IsOk()));
}

TEST_F(WebhookInjectorTest, ReportsPredictionWhoseCallersCancelled) {
  auto call = deduplicator_.Create(Context(), kRequest, Params(), Keep());
  call.reset();
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_THAT(created_.list, ElementsAre(std::string(kId) + " gateway"));
  EXPECT_THAT(results_, IsEmpty());
}

}  // namespace
}  // namespace wriftai
