#include "upstream/webhook/webhook_inbox.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Prediction Prediction(const std::string& id) {
  v1::Prediction prediction;
  prediction.set_id(id);
  return prediction;
}

class WebhookInboxTest : public ::testing::Test {
 protected:
  std::unique_ptr<WebhookInbox> Inbox(WebhookInbox::Options options = {}) {
    return std::make_unique<WebhookInbox>(
        options, event_loop_, [this](v1::Prediction prediction) {
          delivered_.push_back(prediction.id());
        });
  }

  ManualEventLoop event_loop_;
  std::vector<std::string> delivered_;
};

TEST_F(WebhookInboxTest, DeliversOnLoopInOrder) {
  const auto inbox = Inbox();
  EXPECT_TRUE(inbox->TryPush(Prediction("a")));
  EXPECT_TRUE(inbox->TryPush(Prediction("b")));
  EXPECT_THAT(delivered_, IsEmpty());
  event_loop_.RunPosted();
  EXPECT_THAT(delivered_, ElementsAre("a", "b"));
}

TEST_F(WebhookInboxTest, RejectsEventsAboveLimitUntilLoopCatchesUp) {
  WebhookInbox::Options options;
  options.max_events = 2;
  const auto inbox = Inbox(options);
  EXPECT_TRUE(inbox->TryPush(Prediction("a")));
  EXPECT_TRUE(inbox->TryPush(Prediction("b")));
  EXPECT_FALSE(inbox->TryPush(Prediction("c")));
  event_loop_.RunPosted();
  EXPECT_TRUE(inbox->TryPush(Prediction("d")));
  event_loop_.RunPosted();
  EXPECT_THAT(delivered_, ElementsAre("a", "b", "d"));
}

TEST_F(WebhookInboxTest, RejectsBytesAboveLimitUntilLoopCatchesUp) {
  WebhookInbox::Options options;
  options.max_bytes = 100;
  const auto inbox = Inbox(options);
  EXPECT_FALSE(inbox->TryPush(Prediction(std::string(101, 'x'))));
  EXPECT_TRUE(inbox->TryPush(Prediction(std::string(60, 'x'))));
  EXPECT_FALSE(inbox->TryPush(Prediction(std::string(60, 'x'))));
  event_loop_.RunPosted();
  EXPECT_TRUE(inbox->TryPush(Prediction(std::string(60, 'x'))));
}

TEST_F(WebhookInboxTest, DeliversNothingAfterDestruction) {
  auto inbox = Inbox();
  EXPECT_TRUE(inbox->TryPush(Prediction("a")));
  inbox.reset();
  event_loop_.RunPosted();
  EXPECT_THAT(delivered_, IsEmpty());
}

}  // namespace
}  // namespace wriftai
