#include "upstream/webhook/webhook_receiver.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
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

constexpr char kTag[] = "00112233445566778899aabbccddeeff";

class RecordingSink : public WebhookSink {
 public:
  bool TryPush(v1::Prediction prediction) override {
    if (full) return false;
    predictions.push_back(std::move(prediction));
    return true;
  }

  bool full = false;
  std::vector<v1::Prediction> predictions;
};

class RecordingRouter : public RoutedWebhookSink {
 public:
  bool TryPush(RoutedWebhook webhook) override {
    if (full) return false;
    webhooks.push_back(std::move(webhook));
    return true;
  }

  bool full = false;
  std::vector<RoutedWebhook> webhooks;
};

class WebhookReceiverTest : public ::testing::Test {
 protected:
  WebhookReceiverTest() { SetKeys({"new", "old"}); }

  void SetKeys(const std::vector<std::string>& keys) {
    auto secrets = std::make_shared<std::vector<Secret>>();
    for (const std::string& key : keys) secrets->emplace_back(key);
    secrets_ = std::move(secrets);
  }

  struct Head {
    explicit Head(std::vector<std::string> values)
        : signatures(std::move(values)) {}

    std::vector<std::string> signatures;
    std::string method = "POST";
    std::string target = std::string(kWebhookPath);
    bool forwarded = false;
  };

  std::string Sign(absl::string_view body, const std::string& key = "new",
                   absl::Duration offset = absl::ZeroDuration()) {
    return sandbox::SignWebhook(Secret(key), event_loop_.WallNow() + offset,
                                body);
  }

  WebhookReceiver Receiver(bool allow_unsigned = false,
                           RoutedWebhookSink* router = nullptr) {
    WebhookReceiver::Options options;
    options.allow_unsigned = allow_unsigned;
    return {options, [this] { return secrets_; }, event_loop_, sink_, router};
  }

  static std::variant<WebhookReceiver::AcceptedHead, WebhookOutcome> AcceptHead(
      const WebhookReceiver& receiver, const Head& head) {
    return receiver.AcceptHead(head.method, head.target,
                               {head.signatures.begin(), head.signatures.end()},
                               head.forwarded);
  }

  static WebhookOutcome Receive(WebhookReceiver receiver, const Head& head,
                                absl::string_view body) {
    const auto accepted = AcceptHead(receiver, head);
    const auto* const rejection = std::get_if<WebhookOutcome>(&accepted);
    return rejection != nullptr
               ? *rejection
               : receiver.Receive(
                     std::get<WebhookReceiver::AcceptedHead>(accepted), body);
  }

  WebhookOutcome Receive(const Head& head, absl::string_view body) {
    return Receive(Receiver(), head, body);
  }

  // The outcome if the head alone is rejected.
  std::optional<WebhookOutcome> RejectionOf(const Head& head) {
    const auto accepted = AcceptHead(Receiver(), head);
    const auto* const rejection = std::get_if<WebhookOutcome>(&accepted);
    return rejection == nullptr ? std::nullopt : std::make_optional(*rejection);
  }

  ManualEventLoop event_loop_;
  RecordingSink sink_;
  RecordingRouter router_;
  std::shared_ptr<const std::vector<Secret>> secrets_;
};

TEST_F(WebhookReceiverTest, PassesSignedPredictionToSink) {
  EXPECT_EQ(Receive(Head({Sign(kBody)}), kBody), WebhookOutcome::kAccepted);
  ASSERT_THAT(sink_.predictions, SizeIs(1));
  EXPECT_EQ(sink_.predictions[0].id(), "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(sink_.predictions[0].status(), v1::PREDICTION_STATUS_STARTED);
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
  EXPECT_EQ(sink_.predictions[0].status(), v1::PREDICTION_STATUS_UNSPECIFIED);
  EXPECT_EQ(sink_.predictions[0].status_text(), "canceled");
}

TEST_F(WebhookReceiverTest, AcceptsReplayUntilStale) {
  const Head head({Sign(kBody)});
  EXPECT_EQ(Receive(head, kBody), WebhookOutcome::kAccepted);
  event_loop_.Advance(absl::Seconds(299));
  EXPECT_EQ(Receive(head, kBody), WebhookOutcome::kAccepted);
  EXPECT_THAT(sink_.predictions, SizeIs(2));
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_EQ(Receive(head, kBody), WebhookOutcome::kStale);
  EXPECT_THAT(sink_.predictions, SizeIs(2));
}

// A slow body is the listener's matter, which has a deadline.
TEST_F(WebhookReceiverTest, ChecksTimeOnlyWhenHeadArrives) {
  WebhookReceiver receiver = Receiver();
  const auto accepted = AcceptHead(receiver, Head({Sign(kBody)}));
  event_loop_.Advance(absl::Seconds(301));
  EXPECT_EQ(receiver.Receive(std::get<WebhookReceiver::AcceptedHead>(accepted),
                             kBody),
            WebhookOutcome::kAccepted);
}

TEST_F(WebhookReceiverTest, ReportsFullSink) {
  sink_.full = true;
  EXPECT_EQ(Receive(Head({Sign(kBody)}), kBody), WebhookOutcome::kFull);
}

TEST_F(WebhookReceiverTest, AcceptsUnsignedIfAllowedButNeverBadSignature) {
  const WebhookReceiver receiver = Receiver(/*allow_unsigned=*/true);
  EXPECT_EQ(Receive(receiver, Head({}), kBody), WebhookOutcome::kAccepted);
  EXPECT_EQ(Receive(receiver, Head({Sign(kBody, "other")}), kBody),
            WebhookOutcome::kBadSignature);
  EXPECT_EQ(Receive(receiver, Head({""}), kBody),
            WebhookOutcome::kMalformedSignature);
}

TEST_F(WebhookReceiverTest, RejectsOtherPathsAndMethodsBeforeBody) {
  Head head({Sign(kBody)});
  EXPECT_EQ(RejectionOf(head), std::nullopt);
  head.method = "PUT";
  EXPECT_THAT(RejectionOf(head), Optional(WebhookOutcome::kMethodNotAllowed));
  for (const char* const target :
       {"/", "/webhooks/wriftai/", "/webhooks/wriftai/0a",
        "/webhooks/wriftai/00112233445566778899AABBCCDDEEFF",
        "/webhooks/wriftai/00112233445566778899aabbccddeeff0",
        "/webhooks/wriftai00112233445566778899aabbccddeeff",
        "/webhooks/wriftai?a", "/webhooks/wriftaI",
        "/webhooks/wriftai/../wriftai", "http://h/webhooks/wriftai", "*"}) {
    head.target = target;
    EXPECT_THAT(RejectionOf(head), Optional(WebhookOutcome::kNotFound))
        << target;
  }
}

TEST_F(WebhookReceiverTest, RoutesVerifiedDeliveryByTheTagInItsPath) {
  Head head({Sign(kBody)});
  head.target = absl::StrCat(kWebhookPath, "/", kTag);
  EXPECT_EQ(Receive(Receiver(false, &router_), head, kBody),
            WebhookOutcome::kAccepted);
  ASSERT_THAT(router_.webhooks, SizeIs(1));
  EXPECT_EQ(router_.webhooks[0].tag, kTag);
  EXPECT_EQ(router_.webhooks[0].signature, head.signatures[0]);
  EXPECT_EQ(router_.webhooks[0].body, kBody);
  EXPECT_EQ(router_.webhooks[0].prediction.status(),
            v1::PREDICTION_STATUS_STARTED);
  EXPECT_THAT(sink_.predictions, IsEmpty());
  router_.full = true;
  EXPECT_EQ(Receive(Receiver(false, &router_), head, kBody),
            WebhookOutcome::kFull);
}

TEST_F(WebhookReceiverTest, RoutesNoDeliveryWithAnotherSignature) {
  Head head({Sign(kBody, "other")});
  head.target = absl::StrCat(kWebhookPath, "/", kTag);
  EXPECT_EQ(Receive(Receiver(false, &router_), head, kBody),
            WebhookOutcome::kBadSignature);
  EXPECT_THAT(router_.webhooks, IsEmpty());
}

TEST_F(WebhookReceiverTest, ForwardedDeliveryGoesNoFurther) {
  Head head({Sign(kBody)});
  head.target = absl::StrCat(kWebhookPath, "/", kTag);
  head.forwarded = true;
  EXPECT_EQ(Receive(Receiver(false, &router_), head, kBody),
            WebhookOutcome::kAccepted);
  EXPECT_THAT(sink_.predictions, SizeIs(1));
  EXPECT_THAT(router_.webhooks, IsEmpty());
}

TEST_F(WebhookReceiverTest, TagMeansNothingWithoutOtherReplicas) {
  Head head({Sign(kBody)});
  head.target = absl::StrCat(kWebhookPath, "/", kTag);
  EXPECT_EQ(Receive(Receiver(), head, kBody), WebhookOutcome::kAccepted);
  EXPECT_THAT(sink_.predictions, SizeIs(1));
}

TEST_F(WebhookReceiverTest, RejectsInvalidSignatureBeforeBody) {
  EXPECT_THAT(RejectionOf(Head({})), Optional(WebhookOutcome::kUnsigned));
  EXPECT_THAT(RejectionOf(Head({"t=1,v1=ab"})),
              Optional(WebhookOutcome::kMalformedSignature));
  EXPECT_THAT(RejectionOf(Head({Sign(kBody, "new", absl::Hours(1))})),
              Optional(WebhookOutcome::kStale));
  EXPECT_EQ(RejectionOf(Head({Sign(kBody, "other")})), std::nullopt);
}

}  // namespace
}  // namespace wriftai
