#include "upstream/watch/early_events.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_scheduler.h"

namespace wriftai {
namespace {

class EarlyEventsTest : public ::testing::Test {
 protected:
  void Keep(const std::string& id, const char* status = "started",
            int updated = 1, size_t output_bytes = 0) {
    auto event =
        std::make_shared<v1::Prediction>(MakePrediction(id, status, updated));
    event->set_output_json(std::string(output_bytes, 'x'));
    events_.Keep(std::move(event));
  }

  ManualScheduler scheduler_;
  EarlyEvents events_{scheduler_};
};

TEST_F(EarlyEventsTest, TheNewestStateOfAnIdIsKept) {
  Keep("1", "started", 2);
  Keep("1", "pending", 1);
  EXPECT_EQ(events_.Find("1")->status_text(), "started");
  Keep("1", "succeeded", 3);
  EXPECT_EQ(events_.Find("1")->status_text(), "succeeded");
  EXPECT_EQ(events_.Find("2"), nullptr);
}

TEST_F(EarlyEventsTest, WhatNobodyAskedForInTimeIsCounted) {
  Keep("1");
  scheduler_.Advance(absl::Seconds(1));
  Keep("2");
  events_.Find("2");
  scheduler_.Advance(EarlyEvents::kKeepFor - absl::Seconds(1));
  EXPECT_EQ(events_.Find("1"), nullptr);
  EXPECT_NE(events_.Find("2"), nullptr);
  scheduler_.Advance(absl::Seconds(1));
  EXPECT_EQ(events_.Find("2"), nullptr);
  EXPECT_EQ(events_.dropped(), 1);
  EXPECT_EQ(events_.bytes(), 0);
}

TEST_F(EarlyEventsTest, ANewerStateDoesNotKeepAnIdLonger) {
  Keep("1", "pending", 1);
  scheduler_.Advance(EarlyEvents::kKeepFor / 2);
  Keep("1", "started", 2);
  scheduler_.Advance(EarlyEvents::kKeepFor / 2);
  EXPECT_EQ(events_.Find("1"), nullptr);
}

TEST_F(EarlyEventsTest, TheOldestMakeRoom) {
  constexpr size_t kLarge = 4 << 20;
  for (int i = 0; i < 5; ++i) Keep(absl::StrCat(i), "succeeded", 1, kLarge);
  EXPECT_LE(events_.bytes(), EarlyEvents::kMostBytes);
  EXPECT_EQ(events_.Find("0"), nullptr);
  EXPECT_NE(events_.Find("4"), nullptr);
  EXPECT_EQ(events_.dropped(), 2);
}

}  // namespace
}  // namespace wriftai
