#include "sandbox/status_feed.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StatusFeedTest : public testing::Test {
 protected:
  // Adds a prediction that starts after 1 s and ends after 3 s.
  void Add(const std::string& id, bool with_webhook = true) {
    Prediction prediction;
    prediction.id = id;
    prediction.input = std::make_shared<const std::string>("1");
    prediction.created_at = now_;
    prediction.starts_at = now_ + absl::Seconds(1);
    prediction.ends_at = now_ + absl::Seconds(3);
    if (with_webhook) {
      prediction.webhook = Webhook{"http://h/" + id, Secret()};
    }
    store_.Insert(&prediction, now_);
    feed_.Add(prediction);
  }
  void Cancel(const std::string& id, absl::Duration delay) {
    store_.Cancel("", id, now_, now_ + delay, RunEnd{"canceled", {}, ""});
    feed_.Reschedule(id, now_ + delay);
  }
  // Returns "id status" of the events that are due after `step`.
  std::vector<std::string> After(absl::Duration step) {
    now_ += step;
    std::vector<std::string> events;
    for (const WebhookEvent& event : feed_.TakeDue(now_)) {
      for (const char* status :
           {"pending", "started", "succeeded", "canceled"}) {
        if (event.body.find(std::string("\"status\":\"") + status) !=
            std::string::npos) {
          events.push_back(event.prediction_id + " " + status);
        }
      }
    }
    return events;
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  PredictionStore store_{PredictionStore::Options()};
  StatusFeed feed_{&store_, PredictionView()};
};

TEST_F(StatusFeedTest, ReportsEveryStatusAtItsTime) {
  Add("a");
  EXPECT_THAT(After(absl::ZeroDuration()), ElementsAre("a pending"));
  EXPECT_EQ(feed_.NextTime(), now_ + absl::Seconds(1));
  EXPECT_THAT(After(absl::Milliseconds(999)), IsEmpty());
  EXPECT_THAT(After(absl::Milliseconds(1)), ElementsAre("a started"));
  EXPECT_THAT(After(absl::Seconds(2)), ElementsAre("a succeeded"));
  EXPECT_EQ(feed_.NextTime(), absl::InfiniteFuture());
}

TEST_F(StatusFeedTest, ReportsAllStatusesIfLate) {
  Add("a");
  EXPECT_THAT(After(absl::Hours(1)),
              ElementsAre("a pending", "a started", "a succeeded"));
}

TEST_F(StatusFeedTest, OrdersEventsAcrossPredictions) {
  Add("a");
  now_ += absl::Milliseconds(500);
  Add("b");
  EXPECT_THAT(After(absl::Hours(1)),
              ElementsAre("a pending", "b pending", "a started", "b started",
                          "a succeeded", "b succeeded"));
}

TEST_F(StatusFeedTest, IgnoresPredictionsWithoutWebhook) {
  Add("a", /*with_webhook=*/false);
  EXPECT_THAT(After(absl::Hours(1)), IsEmpty());
}

TEST_F(StatusFeedTest, ReportsCancellationOnce) {
  Add("a");
  After(absl::Milliseconds(1500));
  Cancel("a", absl::Milliseconds(500));
  EXPECT_THAT(After(absl::Milliseconds(500)), ElementsAre("a canceled"));
  EXPECT_THAT(After(absl::Hours(1)), IsEmpty());
}

TEST_F(StatusFeedTest, SkipsStartAfterEarlyCancellation) {
  Add("a");
  Cancel("a", absl::Milliseconds(500));
  EXPECT_THAT(After(absl::Hours(1)), ElementsAre("a pending", "a canceled"));
}

TEST_F(StatusFeedTest, SkipsEvictedPredictions) {
  Add("a");
  store_.Clear();
  EXPECT_THAT(After(absl::Hours(1)), IsEmpty());
}

TEST_F(StatusFeedTest, SendsEventToWebhookOfPrediction) {
  Add("a");
  const auto events = feed_.TakeDue(now_);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].webhook.url, "http://h/a");
  EXPECT_THAT(events[0].body, HasSubstr(R"("input":1)"));
}

}  // namespace
}  // namespace wriftai::sandbox
