#include "service/tracing/span_batcher.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tracing/fake_span_sender.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SpanBatcherTest : public ::testing::Test {
 protected:
  SpanBatcherTest() {
    BatchOptions options;
    options.max_queued_spans = 4;
    options.max_batch_spans = 2;
    batcher_ = std::make_unique<SpanBatcher>(options, event_loop_, sender_,
                                             /*seed*/ 1);
  }

  void Add(int spans) {
    for (int i = 0; i < spans; ++i) batcher_->Add("span");
  }

  const ExportCounts& counts() { return batcher_->counts(); }

  ManualEventLoop event_loop_;
  FakeSpanSender sender_;
  std::unique_ptr<SpanBatcher> batcher_;
};

TEST_F(SpanBatcherTest, ExportsFullBatchAtOnce) {
  batcher_->Add("a");
  EXPECT_THAT(sender_.sent, IsEmpty());
  batcher_->Add("b");
  EXPECT_THAT(sender_.sent, ElementsAre(ElementsAre("a", "b")));
  EXPECT_EQ(counts().queued, 2);
  sender_.Respond();
  EXPECT_EQ(counts().exported, 2);
  EXPECT_EQ(counts().queued, 0);
}

TEST_F(SpanBatcherTest, ExportsOtherBatchAfterDelay) {
  Add(1);
  event_loop_.Advance(absl::Seconds(5) - absl::Milliseconds(1));
  EXPECT_THAT(sender_.sent, IsEmpty());
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(sender_.sent, ElementsAre(SizeIs(1)));
}

TEST_F(SpanBatcherTest, ExportsOneBatchAtATime) {
  Add(5);
  EXPECT_THAT(sender_.sent, SizeIs(1));
  sender_.Respond();
  EXPECT_THAT(sender_.sent, SizeIs(2));
  sender_.Respond();
  // The fifth is not a full batch.
  EXPECT_THAT(sender_.sent, SizeIs(2));
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_THAT(sender_.sent, SizeIs(3));
}

TEST_F(SpanBatcherTest, DropsSpansBeyondQueue) {
  Add(2 + 4 + 3);  // One batch in flight, and a full queue.
  EXPECT_EQ(counts().queue_full, 3);
  EXPECT_EQ(counts().queued, 6);
  sender_.Respond();
  Add(2);
  EXPECT_EQ(counts().queue_full, 3);
}

TEST_F(SpanBatcherTest, DropsSpansBeyondBytesOfQueue) {
  BatchOptions options;
  SpanBatcher batcher(options, event_loop_, sender_, /*seed*/ 1);
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 9; ++i) batcher.Add(large);
  EXPECT_EQ(batcher.counts().queue_full, 1);
  event_loop_.Advance(absl::Seconds(5));
  // What a collector accepts.
  EXPECT_THAT(sender_.sent, ElementsAre(SizeIs(3)));
  batcher.Add(large);
  EXPECT_EQ(batcher.counts().queue_full, 1);
}

TEST_F(SpanBatcherTest, RetriesTransientFailureWithBackoff) {
  Add(2);
  EXPECT_EQ(sender_.timeouts.back(), absl::Seconds(10));
  absl::Duration longest = absl::Seconds(1);
  for (int attempt = 1; attempt <= 4; ++attempt) {
    sender_.Fail(absl::UnavailableError("down"));
    const absl::Duration pause = *event_loop_.NextTimer() - event_loop_.Now();
    EXPECT_GE(pause, longest / 2) << attempt;
    EXPECT_LE(pause, longest) << attempt;
    event_loop_.AdvanceToNextTimer();
    EXPECT_TRUE(sender_.pending());
    longest = std::min(2 * longest, absl::Seconds(5));
  }
  sender_.Respond();
  EXPECT_EQ(counts().attempts_failed, 4);
  EXPECT_EQ(counts().attempts_ok, 1);
  EXPECT_EQ(counts().exported, 2);
}

TEST_F(SpanBatcherTest, RetriesForBoundedTime) {
  Add(2);
  const absl::Time end = event_loop_.Now() + absl::Seconds(30);
  do {
    sender_.Fail(absl::UnavailableError("down"));
  } while (event_loop_.AdvanceToNextTimer());
  EXPECT_LT(event_loop_.Now(), end);
  EXPECT_GT(event_loop_.Now(), end - absl::Seconds(10));
  EXPECT_LE(sender_.timeouts.back(), end - event_loop_.Now());
  EXPECT_EQ(counts().export_failed, 2);
  EXPECT_EQ(counts().queued, 0);
}

TEST_F(SpanBatcherTest, WaitsAsLongAsCollectorAsks) {
  Add(2);
  sender_.Respond({absl::ResourceExhaustedError("slower"), absl::Seconds(12)});
  EXPECT_EQ(event_loop_.NextTimer(), event_loop_.Now() + absl::Seconds(12));
  event_loop_.AdvanceToNextTimer();
  // Longer than the batch may take.
  sender_.Respond({absl::ResourceExhaustedError("slower"), absl::Seconds(18)});
  EXPECT_EQ(counts().export_failed, 2);
}

TEST_F(SpanBatcherTest, FailureOfOneBatchDoesNotStopTheNext) {
  Add(4);
  sender_.Fail(absl::InvalidArgumentError("no"));
  EXPECT_EQ(counts().export_failed, 2);
  EXPECT_THAT(sender_.sent, SizeIs(2));
  sender_.Respond();
  EXPECT_EQ(counts().exported, 2);
}

TEST_F(SpanBatcherTest, CountsRejectedSpans) {
  Add(2);
  sender_.Respond({absl::OkStatus(), {}, 1});
  EXPECT_EQ(counts().rejected, 1);
  EXPECT_EQ(counts().exported, 1);
  Add(2);
  // A collector's number is not trusted.
  sender_.Respond({absl::OkStatus(), {}, 1000});
  EXPECT_EQ(counts().rejected, 3);
  EXPECT_EQ(counts().exported, 1);
}

TEST_F(SpanBatcherTest, FlushExportsAllBatches) {
  Add(5);
  bool flushed = false;
  batcher_->Flush([&] { flushed = true; });
  sender_.Respond();
  sender_.Respond();
  EXPECT_FALSE(flushed);
  sender_.Respond();
  EXPECT_TRUE(flushed);
  EXPECT_EQ(counts().exported, 5);
}

TEST_F(SpanBatcherTest, FlushOfNothingEndsAtOnce) {
  bool flushed = false;
  batcher_->Flush([&] { flushed = true; });
  EXPECT_TRUE(flushed);
  EXPECT_THAT(sender_.sent, IsEmpty());
}

TEST_F(SpanBatcherTest, FlushTriesOnceMoreAndDoesNotWaitForRetries) {
  Add(3);
  sender_.Fail(absl::UnavailableError("down"));
  bool flushed = false;
  batcher_->Flush([&] { flushed = true; });
  EXPECT_TRUE(sender_.pending());
  sender_.Fail(absl::UnavailableError("down"));
  sender_.Fail(absl::UnavailableError("down"));
  EXPECT_TRUE(flushed);
  EXPECT_EQ(counts().export_failed, 3);
}

TEST(IsRetryableTest, FollowsOtlp) {
  using absl::StatusCode;
  const auto is_retryable = [](StatusCode code,
                               std::optional<absl::Duration> after = {}) {
    return IsRetryable({absl::Status(code, ""), after, 0});
  };
  for (const StatusCode code :
       {StatusCode::kCancelled, StatusCode::kDeadlineExceeded,
        StatusCode::kAborted, StatusCode::kOutOfRange, StatusCode::kUnavailable,
        StatusCode::kDataLoss}) {
    EXPECT_TRUE(is_retryable(code));
  }
  for (const StatusCode code :
       {StatusCode::kUnknown, StatusCode::kInvalidArgument,
        StatusCode::kNotFound, StatusCode::kAlreadyExists,
        StatusCode::kPermissionDenied, StatusCode::kUnauthenticated,
        StatusCode::kFailedPrecondition, StatusCode::kUnimplemented,
        StatusCode::kInternal}) {
    EXPECT_FALSE(is_retryable(code, absl::Seconds(1)));
  }
  EXPECT_FALSE(is_retryable(StatusCode::kResourceExhausted));
  EXPECT_TRUE(is_retryable(StatusCode::kResourceExhausted, absl::Seconds(1)));
}

}  // namespace
}  // namespace wriftai
