#include "upstream/webhook/webhook_receiver.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/webhook_signature.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr char kBody[] =
    R"({"id":"00000000-0000-4000-8000-000000000001","status":"started"})";

class RecordingSink : public WebhookSink {
 public:
  bool OnWebhook(v1::Prediction prediction) override {
    if (full) return false;
    predictions.push_back(std::move(prediction));
    return true;
  }

  bool full = false;
  std::vector<v1::Prediction> predictions;
};

class WebhookReceiverTest : public ::testing::Test {
 protected:
  WebhookReceiverTest() { SetKeys({"new", "old"}); }

  void SetKeys(const std::vector<std::string>& keys) {
    auto secrets = std::make_shared<std::vector<Secret>>();
    for (const std::string& key : keys) secrets->emplace_back(key);
    secrets_ = std::move(secrets);
  }

  static HttpHead Head(const std::vector<std::string>& signatures) {
    HttpHead head;
    head.method = "POST";
    head.target = std::string(kWebhookPath);
    for (const std::string& signature : signatures) {
      head.headers.emplace_back("Wriftai-Webhook-Signature", signature);
    }
    return head;
  }

  std::string Sign(absl::string_view body, const std::string& key = "new",
                   absl::Duration offset = absl::ZeroDuration()) {
    return sandbox::SignWebhook(Secret(key), event_loop_.WallNow() + offset,
                                body);
  }

  WebhookReceiver Receiver(bool allow_unsigned = false) {
    WebhookReceiver::Options options;
    options.allow_unsigned = allow_unsigned;
    return {options, [this] { return secrets_; }, event_loop_, sink_};
  }

  WebhookOutcome Receive(const HttpHead& head, absl::string_view body) {
    return Receiver().Receive(head, body);
  }

  ManualEventLoop event_loop_;
  RecordingSink sink_;
  std::shared_ptr<const std::vector<Secret>> secrets_;
};

TEST_F(WebhookReceiverTest, PassesSignedPredictionToSink) {
  EXPECT_EQ(Receive(Head({Sign(kBody)}), kBody), WebhookOutcome::kAccepted);
  ASSERT_THAT(sink_.predictions, SizeIs(1));
  EXPECT_EQ(sink_.predictions[0].id(), "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(sink_.predictions[0].status(), v1::STATUS_STARTED);
}

TEST_F(WebhookReceiverTest, VerifiesWithEveryCurrentKeyOnly) {
  EXPECT_EQ(Receive(Head({Sign(kBody, "old")}), kBody),
            WebhookOutcome::kAccepted);
  SetKeys({"newest", "new"});
  EXPECT_EQ(Receive(Head({Sign(kBody, "old")}), kBody),
            WebhookOutcome::kBadSignature);
  secrets_ = nullptr;
  EXPECT_EQ(Receive(Head({Sign(kBody)}), kBody), WebhookOutcome::kBadSignature);
}

TEST_F(WebhookReceiverTest, RejectedDeliveryDoesNotReachSink) {
  const std::string good = Sign(kBody);
  EXPECT_EQ(Receive(Head({}), kBody), WebhookOutcome::kUnsigned);
  EXPECT_EQ(Receive(Head({good, good}), kBody),
            WebhookOutcome::kMalformedSignature);
  EXPECT_EQ(Receive(Head({absl::StrCat(good, " ")}), kBody),
            WebhookOutcome::kMalformedSignature);
  EXPECT_EQ(Receive(Head({"t=1,v2=abc"}), kBody),
            WebhookOutcome::kUnsupportedSignature);
  EXPECT_EQ(Receive(Head({Sign(kBody, "new", absl::Seconds(301))}), kBody),
            WebhookOutcome::kStale);
  EXPECT_EQ(Receive(Head({Sign(kBody, "new", -absl::Seconds(301))}), kBody),
            WebhookOutcome::kStale);
  EXPECT_EQ(Receive(Head({good}), absl::StrCat(kBody, " ")),
            WebhookOutcome::kBadSignature);
  for (const char* const body :
       {"", "{", "null", "[]",
        R"({"id":"00000000-0000-4000-8000-000000000001"})",
        R"({"id":"1","status":"x"})", R"({"id":1,"status":"x"})"}) {
    EXPECT_EQ(Receive(Head({Sign(body)}), body),
              WebhookOutcome::kNotAPrediction)
        << body;
  }
  EXPECT_THAT(sink_.predictions, IsEmpty());
}

TEST_F(WebhookReceiverTest, PassesUnknownStatusToSink) {
  constexpr char kUnknown[] =
      R"({"id":"00000000-0000-4000-8000-000000000001","status":"canceled"})";
  EXPECT_EQ(Receive(Head({Sign(kUnknown)}), kUnknown),
            WebhookOutcome::kAccepted);
  ASSERT_THAT(sink_.predictions, SizeIs(1));
  EXPECT_EQ(sink_.predictions[0].status(), v1::STATUS_UNSPECIFIED);
  EXPECT_EQ(sink_.predictions[0].status_text(), "canceled");
}

TEST_F(WebhookReceiverTest, AcceptsReplayUntilStale) {
  const HttpHead head = Head({Sign(kBody)});
  EXPECT_EQ(Receive(head, kBody), WebhookOutcome::kAccepted);
  event_loop_.Advance(absl::Seconds(299));
  EXPECT_EQ(Receive(head, kBody), WebhookOutcome::kAccepted);
  EXPECT_THAT(sink_.predictions, SizeIs(2));
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_EQ(Receive(head, kBody), WebhookOutcome::kStale);
  EXPECT_THAT(sink_.predictions, SizeIs(2));
}

TEST_F(WebhookReceiverTest, ReportsFullSink) {
  sink_.full = true;
  EXPECT_EQ(Receive(Head({Sign(kBody)}), kBody), WebhookOutcome::kFull);
}

TEST_F(WebhookReceiverTest, AcceptsUnsignedIfAllowedButNeverBadSignature) {
  WebhookReceiver receiver = Receiver(/*allow_unsigned=*/true);
  EXPECT_EQ(receiver.Receive(Head({}), kBody), WebhookOutcome::kAccepted);
  EXPECT_EQ(receiver.Receive(Head({Sign(kBody, "other")}), kBody),
            WebhookOutcome::kBadSignature);
  EXPECT_EQ(receiver.Receive(Head({""}), kBody),
            WebhookOutcome::kMalformedSignature);
}

TEST_F(WebhookReceiverTest, RejectsOtherPathsAndMethodsBeforeBody) {
  HttpHead head = Head({Sign(kBody)});
  EXPECT_EQ(Receiver().RejectHead(head), std::nullopt);
  head.method = "PUT";
  EXPECT_THAT(Receiver().RejectHead(head),
              Optional(WebhookOutcome::kMethodNotAllowed));
  for (const char* const target :
       {"/", "/webhooks/wriftai/", "/webhooks/wriftai?a", "/webhooks/wriftaI",
        "/webhooks/wriftai/../wriftai", "http://h/webhooks/wriftai", "*"}) {
    head.target = target;
    EXPECT_THAT(Receiver().RejectHead(head),
                Optional(WebhookOutcome::kNotFound))
        << target;
  }
}

TEST_F(WebhookReceiverTest, RejectsInvalidSignatureBeforeBody) {
  EXPECT_THAT(Receiver().RejectHead(Head({})),
              Optional(WebhookOutcome::kUnsigned));
  EXPECT_THAT(Receiver().RejectHead(Head({"t=1,v1=ab"})),
              Optional(WebhookOutcome::kMalformedSignature));
  EXPECT_THAT(Receiver().RejectHead(Head({Sign(kBody, "new", absl::Hours(1))})),
              Optional(WebhookOutcome::kStale));
  EXPECT_EQ(Receiver().RejectHead(Head({Sign(kBody, "other")})), std::nullopt);
}

}  // namespace
}  // namespace wriftai
