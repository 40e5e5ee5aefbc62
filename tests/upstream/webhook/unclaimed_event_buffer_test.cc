#include "upstream/webhook/unclaimed_event_buffer.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

class UnclaimedEventBufferTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, const char* status = "started",
           int updated = 1, size_t output_bytes = 0) {
    auto event =
        std::make_shared<v1::Prediction>(MakePrediction(id, status, updated));
    event->set_output_json(std::string(output_bytes, 'x'));
    events_.Add(std::move(event));
  }

  ManualEventLoop event_loop_;
  UnclaimedEventBuffer events_{event_loop_};
};

TEST_F(UnclaimedEventBufferTest, KeepsNewestStateOfAnId) {
  Add("1", "started", 2);
  Add("1", "pending", 1);
  EXPECT_EQ(events_.Find("1")->status_text(), "started");
  Add("1", "succeeded", 3);
  EXPECT_EQ(events_.Find("1")->status_text(), "succeeded");
  EXPECT_EQ(events_.Find("2"), nullptr);
}

TEST_F(UnclaimedEventBufferTest, CountsEventsThatExpireUnclaimed) {
  Add("1");
  event_loop_.Advance(absl::Seconds(1));
  Add("2");
  events_.Find("2");
  event_loop_.Advance(UnclaimedEventBuffer::kTtl - absl::Seconds(1));
  EXPECT_EQ(events_.Find("1"), nullptr);
  EXPECT_NE(events_.Find("2"), nullptr);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(events_.Find("2"), nullptr);
  EXPECT_EQ(events_.dropped(), 1);
  EXPECT_EQ(events_.bytes(), 0);
}

TEST_F(UnclaimedEventBufferTest, NewerStateDoesNotExtendExpiry) {
  Add("1", "pending", 1);
  event_loop_.Advance(UnclaimedEventBuffer::kTtl / 2);
  Add("1", "started", 2);
  event_loop_.Advance(UnclaimedEventBuffer::kTtl / 2);
  EXPECT_EQ(events_.Find("1"), nullptr);
}

TEST_F(UnclaimedEventBufferTest, EvictsOldestFirst) {
  constexpr size_t kLarge = 4 << 20;
  for (int i = 0; i < 5; ++i) Add(absl::StrCat(i), "succeeded", 1, kLarge);
  EXPECT_LE(events_.bytes(), UnclaimedEventBuffer::kMaxBytes);
  EXPECT_EQ(events_.Find("0"), nullptr);
  EXPECT_NE(events_.Find("4"), nullptr);
  EXPECT_EQ(events_.dropped(), 2);
}

}  // namespace
}  // namespace wriftai
