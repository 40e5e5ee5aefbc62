#include "service/replica/webhook_relay.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Target = WebhookRoute::Target;

constexpr char kTag[] = "00112233445566778899aabbccddeeff";

class WebhookRelayTest : public ::testing::Test {
 protected:
  bool Push(const std::string& body = "{}") {
    RoutedWebhook webhook;
    webhook.tag = kTag;
    webhook.signature = "t=1,v1=ab";
    webhook.body = body;
    webhook.prediction.set_id(absl::StrCat("p", ++pushed_));
    const bool accepted = relay_->TryPush(std::move(webhook));
    event_loop_.RunPosted();
    return accepted;
  }

  ManualEventLoop event_loop_;
  FakeTransport transport_;
  WebhookRoute route_;
  int pushed_ = 0;
  std::vector<std::string> delivered_;
  std::unique_ptr<WebhookRelay> relay_ = std::make_unique<WebhookRelay>(
      event_loop_, transport_,
      [this](const std::string& tag) {
        EXPECT_EQ(tag, kTag);
        return route_;
      },
      [this](const v1::Prediction& prediction) {
        delivered_.push_back(prediction.id());
      });
};

TEST_F(WebhookRelayTest, DeliversHereWhatThisReplicaOwns) {
  route_ = {Target::kHere, ""};
  EXPECT_TRUE(Push());
  EXPECT_THAT(delivered_, ElementsAre("p1"));
  EXPECT_THAT(transport_.sent(), IsEmpty());
}

TEST_F(WebhookRelayTest, PostsBodyAndSignatureUnchangedToTheOwner) {
  route_ = {Target::kOther, "[::1]:8080"};
  EXPECT_TRUE(Push(R"({"id": "a"})"));
  ASSERT_THAT(transport_.sent(), SizeIs(1));
  const HttpRequest& request = transport_.sent()[0];
  EXPECT_EQ(request.method, HttpMethod::kPost);
  EXPECT_EQ(request.url,
            absl::StrCat("http://[::1]:8080/webhooks/wriftai/", kTag));
  EXPECT_THAT(
      request.headers,
      UnorderedElementsAre(Pair("content-type", "application/json"),
                           Pair("wriftai-forwarded", "1"),
                           Pair("wriftai-webhook-signature", "t=1,v1=ab")));
  EXPECT_EQ(request.body, R"({"id": "a"})");
  EXPECT_TRUE(request.bearer.empty());
  EXPECT_TRUE(request.without_proxy);
  EXPECT_EQ(request.timeout, WebhookRelay::kPostTimeout);
  transport_.Respond(200, "");
  event_loop_.Advance(WebhookRelay::kKeepFor);
  EXPECT_THAT(transport_.sent(), SizeIs(1));
  EXPECT_EQ(relay_->stats().posted, 1);
  EXPECT_THAT(delivered_, IsEmpty());
}

TEST_F(WebhookRelayTest, KeepsDeliveryUntilTheTokenHasAnOwner) {
  Push();
  event_loop_.Advance(absl::Seconds(6));
  EXPECT_THAT(delivered_, IsEmpty());
  route_ = {Target::kHere, ""};
  event_loop_.Advance(WebhookRelay::kRetryInterval);
  EXPECT_THAT(delivered_, ElementsAre("p1"));
}

TEST_F(WebhookRelayTest, RetriesAtTheOwnerOfThatTime) {
  route_ = {Target::kOther, "a:1"};
  Push();
  transport_.Fail(TransportFailure::Kind::kConnect, false);
  route_ = {Target::kOther, "b:1"};
  event_loop_.Advance(WebhookRelay::kRetryInterval);
  ASSERT_THAT(transport_.sent(), SizeIs(2));
  EXPECT_EQ(transport_.sent()[1].url,
            absl::StrCat("http://b:1/webhooks/wriftai/", kTag));
  transport_.Respond(503, "");
  event_loop_.Advance(WebhookRelay::kRetryInterval);
  ASSERT_THAT(transport_.sent(), SizeIs(3));
  transport_.Respond(200, "");
  EXPECT_EQ(relay_->stats().retried, 2);
  EXPECT_EQ(relay_->stats().posted, 1);
}

TEST_F(WebhookRelayTest, DropsDeliveryThatTheOwnerRejects) {
  route_ = {Target::kOther, "a:1"};
  Push();
  transport_.Respond(401, "");
  event_loop_.Advance(WebhookRelay::kKeepFor);
  EXPECT_THAT(transport_.sent(), SizeIs(1));
  EXPECT_EQ(relay_->stats().dropped, 1);
}

TEST_F(WebhookRelayTest, DropsDeliveryWithoutAWebhookPortAtTheOwner) {
  route_ = {Target::kNowhere, ""};
  Push();
  EXPECT_EQ(relay_->stats().dropped, 1);
}

TEST_F(WebhookRelayTest, DropsDeliveryAfterItsTime) {
  Push();
  event_loop_.Advance(WebhookRelay::kKeepFor + WebhookRelay::kRetryInterval);
  EXPECT_EQ(relay_->stats().dropped, 1);
  route_ = {Target::kHere, ""};
  event_loop_.Advance(absl::Minutes(5));
  EXPECT_THAT(delivered_, IsEmpty());
}

TEST_F(WebhookRelayTest, PostsToNoAddressThatIsNone) {
  route_ = {Target::kOther, "u:p@h:1/x"};
  Push();
  event_loop_.Advance(absl::Seconds(3));
  EXPECT_THAT(transport_.sent(), IsEmpty());
}

TEST_F(WebhookRelayTest, RejectsDeliveriesBeyondItsBounds) {
  const std::string large(WebhookRelay::kMaxBytes / 2, 'x');
  EXPECT_TRUE(Push(large));
  EXPECT_FALSE(Push());
  // Room again once it is delivered.
  route_ = {Target::kHere, ""};
  event_loop_.Advance(WebhookRelay::kRetryInterval);
  route_ = {Target::kNobody, ""};
  for (size_t i = 0; i < WebhookRelay::kMaxEvents; ++i) {
    ASSERT_TRUE(Push("")) << i;
  }
  EXPECT_FALSE(Push(""));
}

TEST_F(WebhookRelayTest, DropsWhatItHoldsWhenDestroyed) {
  route_ = {Target::kOther, "a:1"};
  Push();
  route_ = {Target::kHere, ""};
  RoutedWebhook webhook;
  webhook.tag = kTag;
  EXPECT_TRUE(relay_->TryPush(std::move(webhook)));
  relay_.reset();
  event_loop_.RunPosted();
  EXPECT_EQ(transport_.pending_count(), 0u);
  EXPECT_THAT(delivered_, IsEmpty());
}

}  // namespace
}  // namespace wriftai
