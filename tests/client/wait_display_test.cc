#include "client/output/wait_display.h"

#include <gtest/gtest.h>

#include "tests/client/fake_host.h"
#include "tests/client/samples.h"

namespace wriftai::client {
namespace {

class WaitDisplayTest : public ::testing::Test {
 protected:
  void OnTerminal(int width) {
    host_.console.err_is_terminal = true;
    host_.console.width = [width] { return width; };
  }

  // Returns the text written since the last call.
  std::string Written() {
    std::string text = host_.err.str();
    host_.err.str("");
    return text;
  }

  WaitDisplay Make(Progress progress = Progress::kAll) {
    return WaitDisplay(host_.console, host_.clock, "connecting", progress);
  }

  FakeHost host_;
};

TEST_F(WaitDisplayTest, RedrawsStatusLineAtTicks) {
  OnTerminal(100);
  {
    WaitDisplay display = Make();
    EXPECT_EQ(Written(), "\rconnecting  00:00.0\x1b[K");
    display.Update(SampleUpdate(v1::PREDICTION_STATUS_STARTED));
    host_.clock.Advance(absl::Milliseconds(3400));
    Written();
    display.Tick();
    EXPECT_EQ(Written(),
              "\rstarted  00:03.4  (poll 1, GET, every 1s)  "
              "c12258c4-ed83-4d7b-a784-8ed55412325a\x1b[K");
  }
  EXPECT_EQ(Written(), "\r\x1b[K");
}

TEST_F(WaitDisplayTest, LeavesLastColumnEmpty) {
  OnTerminal(12);
  WaitDisplay display = Make();
  EXPECT_EQ(Written(), "\rconnecting \x1b[K");
}

TEST_F(WaitDisplayTest, AssumesWidthOf80IfUnknown) {
  OnTerminal(0);
  WaitDisplay display = Make();
  v1::PredictionUpdate update = SampleUpdate(v1::PREDICTION_STATUS_STARTED);
  update.mutable_prediction()->set_status_text(std::string(200, 'x'));
  Written();
  display.Update(update);
  EXPECT_EQ(Written(), "\r" + std::string(79, 'x') + "\x1b[K");
}

TEST_F(WaitDisplayTest, EscapesTextFromServer) {
  OnTerminal(100);
  WaitDisplay display = Make();
  v1::PredictionUpdate update = SampleUpdate(v1::PREDICTION_STATUS_UNSPECIFIED);
  update.mutable_prediction()->set_status_text("x\x1b[2J\n");
  Written();
  display.Update(update);
  EXPECT_EQ(Written().substr(0, 15), "\rx\\x1b[2J\\n  00");
}

TEST_F(WaitDisplayTest, CountsDownToRetry) {
  OnTerminal(60);
  WaitDisplay display = Make();
  display.RetryScheduled(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"),
      absl::Seconds(2));
  Written();
  host_.clock.Advance(absl::Milliseconds(500));
  display.Tick();
  EXPECT_EQ(Written(),
            "\rconnecting  00:00.5  (retrying in 1.5 s: UNAVAILABLE: "
            "drain\x1b[K");
  display.RetryStarted();
  EXPECT_EQ(Written(),
            "\rconnecting  00:00.5  (retrying: UNAVAILABLE: "
            "draining)\x1b[K");
}

TEST_F(WaitDisplayTest, PrintsLinePerChangeWithoutTerminal) {
  WaitDisplay display = Make();
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_PENDING));
  host_.clock.Advance(absl::Seconds(2));
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_PENDING));
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_STARTED));
  display.Tick();
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_STARTED));
  EXPECT_EQ(Written(),
            "prediction c12258c4-ed83-4d7b-a784-8ed55412325a\n"
            "update 1: pending after 0.0 s (GET)\n"
            "update 3: started after 2.0 s (GET)\n");
}

TEST_F(WaitDisplayTest, PrintsUpdateAfterRetryWithoutTerminal) {
  WaitDisplay display = Make();
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_STARTED));
  Written();
  display.RetryScheduled(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"),
      absl::Seconds(1));
  display.RetryStarted();
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_STARTED));
  EXPECT_EQ(Written(),
            "UNAVAILABLE: draining; retrying in 1.0 s\n"
            "update 2: started after 0.0 s (GET)\n");
}

TEST_F(WaitDisplayTest, PrintsOnlyRetriesIfUpdatesGoElsewhere) {
  WaitDisplay display = Make(Progress::kRetries);
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_PENDING));
  display.RetryScheduled(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"),
      absl::Seconds(1));
  EXPECT_EQ(Written(), "UNAVAILABLE: draining; retrying in 1.0 s\n");
}

TEST_F(WaitDisplayTest, PrintsNothingIfQuiet) {
  OnTerminal(100);
  WaitDisplay display = Make(Progress::kNone);
  display.Update(SampleUpdate(v1::PREDICTION_STATUS_PENDING));
  display.RetryScheduled(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining"),
      absl::Seconds(1));
  display.Tick();
  EXPECT_EQ(Written(), "");
}

}  // namespace
}  // namespace wriftai::client
