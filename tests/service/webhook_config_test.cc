#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/parse_config.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

TEST(WebhookConfigTest, WebhooksAreDisabledByDefault) {
  const WebhookConfig webhooks = Parse({})->config.webhooks;
  EXPECT_EQ(webhooks.address, "");
  EXPECT_EQ(webhooks.public_url, "");
  EXPECT_FALSE(webhooks.allow_unsigned);
  EXPECT_FALSE(webhooks.feed.enabled);
}

TEST(WebhookConfigTest, ParsesWebhookFlags) {
  const auto line =
      Parse({"--webhook_address=0.0.0.0:8443", "--webhook_secret_file=/keys",
             "--webhook_public_url=https://[::1]:1/gateway/webhooks/wriftai"},
            {{"GATEWAY_WEBHOOK_POLL_INTERVAL", "10s"}});
  ASSERT_THAT(line, IsOk());
  const WebhookConfig& webhooks = line->config.webhooks;
  EXPECT_EQ(webhooks.address, "0.0.0.0:8443");
  EXPECT_EQ(webhooks.secret_file, "/keys");
  EXPECT_EQ(webhooks.public_url, "https://[::1]:1/gateway/webhooks/wriftai");
  EXPECT_TRUE(webhooks.feed.enabled);
  EXPECT_EQ(webhooks.feed.poll_interval, absl::Seconds(10));
}

TEST(WebhookConfigTest, RejectsWebhooksWithoutKeysUnlessAllowed) {
  EXPECT_THAT(Parse({"--webhook_address=h:1"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--webhook_address requires --webhook_secret_file, or "
                       "--webhook_allow_unsigned for local development"));
  EXPECT_THAT(Parse({"--webhook_address=h:1", "--webhook_allow_unsigned"}),
              IsOk());
}

TEST(WebhookConfigTest, WebhookFlagsRequireWebhookAddress) {
  for (const char* flag :
       {"--webhook_public_url=http://h/webhooks/wriftai",
        "--webhook_secret_file=/keys", "--webhook_allow_unsigned"}) {
    const std::string text = flag;
    EXPECT_THAT(Parse({text}), StatusIs(absl::StatusCode::kInvalidArgument,
                                        text.substr(0, text.find('=')) +
                                            " requires --webhook_address"));
  }
}

}  // namespace
}  // namespace wriftai
