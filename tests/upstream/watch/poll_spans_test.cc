#include "upstream/watch/poll_spans.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/one_watch.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

// Notes the polls, and traces each.
class RecordingPollSpans final : public PollSpans {
 public:
  explicit RecordingPollSpans(const EventLoop& event_loop)
      : event_loop_(event_loop) {}

  std::shared_ptr<CallTrace> BeginGet(const Credential& /*credential*/,
                                      absl::string_view id,
                                      absl::Time due) override {
    lines.push_back(
        absl::StrCat(id == OneWatch::kId ? "get" : "another", " due since ",
                     absl::FormatDuration(event_loop_.Now() - due)));
    return trace;
  }
  std::shared_ptr<CallTrace> BeginPage(
      const Credential& /*credential*/) override {
    lines.emplace_back("page");
    return trace;
  }

  const std::shared_ptr<CallTrace> trace = std::make_shared<CallTrace>();
  std::vector<std::string> lines;

 private:
  const EventLoop& event_loop_;
};

class PollSpansTest : public OneWatchTest {
 protected:
  RecordingPollSpans spans_{event_loop_};
};

TEST_F(PollSpansTest, PollHasItsTrace) {
  watch_.set_poll_spans(&spans_);
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  EXPECT_THAT(spans_.lines, ElementsAre("get due since 0"));
  EXPECT_EQ(client_.calls().back().context.trace, spans_.trace);
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(polls(), 2u);
  EXPECT_EQ(spans_.lines.size(), 2u);
}

TEST_F(PollSpansTest, PollHasNoTraceWithout) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  EXPECT_EQ(client_.calls().back().context.trace, nullptr);
}

}  // namespace
}  // namespace wriftai
