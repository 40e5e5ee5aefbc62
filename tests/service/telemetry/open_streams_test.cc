#include "service/telemetry/open_streams.h"

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

class OpenStreamsTest : public testing::Test {
 protected:
  OpenStreams::Entry Open(const std::string& id) {
    CallRecord& record = records_.emplace_back();
    record.prediction_id = id;
    return streams_.Open(record);
  }

  std::vector<std::string> Slowest(absl::Duration after) {
    std::vector<std::string> ids;
    for (const OpenStream& stream : streams_.Slowest(kStart + after)) {
      ids.push_back(stream.record->prediction_id);
    }
    return ids;
  }

  std::deque<CallRecord> records_;
  OpenStreams streams_;
};

TEST_F(OpenStreamsTest, CountsUpdatesOfAllStreams) {
  const auto a = Open("a");
  const auto b = Open("b");
  streams_.OnWrite(a, kStart);
  streams_.OnConflated(a);
  streams_.OnWrite(b, kStart);
  streams_.OnWritten(b);
  streams_.OnWrite(b, kStart);
  streams_.Close(a);
  EXPECT_EQ(streams_.stats().open, 1);
  EXPECT_EQ(streams_.stats().updates, 3);
  EXPECT_EQ(streams_.stats().conflated, 1);
}

TEST_F(OpenStreamsTest, StreamsWithReadingClientsAreNotSlow) {
  Open("idle");
  const auto read = Open("read");
  streams_.OnWrite(read, kStart);
  streams_.OnWritten(read);
  const auto just_now = Open("just now");
  streams_.OnWrite(just_now, kStart + absl::Milliseconds(500));
  EXPECT_THAT(Slowest(absl::Seconds(1)), IsEmpty());
}

TEST_F(OpenStreamsTest, RanksLongestWriteThenMostConflated) {
  const auto often = Open("often");
  const auto once = Open("once");
  const auto late = Open("late");
  const auto later = Open("later");
  streams_.OnConflated(once);
  streams_.OnConflated(often);
  streams_.OnConflated(often);
  streams_.OnWrite(later, kStart + absl::Seconds(1));
  streams_.OnWrite(late, kStart + absl::Seconds(2));
  EXPECT_THAT(Slowest(absl::Seconds(9)),
              ElementsAre("later", "late", "often", "once"));
}

TEST_F(OpenStreamsTest, ListsAtMostTenSlowStreams) {
  for (int i = 0; i < 1000; ++i) {
    streams_.OnWrite(Open(absl::StrCat(i)), kStart + absl::Milliseconds(i));
  }
  EXPECT_THAT(Slowest(absl::Seconds(9)),
              ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

TEST_F(OpenStreamsTest, ClosedStreamIsNotSlow) {
  const auto stream = Open("a");
  streams_.OnWrite(stream, kStart);
  EXPECT_THAT(Slowest(absl::Seconds(2)), SizeIs(1));
  streams_.Close(stream);
  EXPECT_THAT(Slowest(absl::Seconds(2)), IsEmpty());
}

}  // namespace
}  // namespace wriftai
