#include "service/calls/open_streams.h"

#include <memory>
#include <string>
#include <vector>

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
    const OpenStreams::Entry stream = streams_.Open(kStart);
    stream->id = id;
    return stream;
  }

  std::vector<std::string> Slowest(size_t most, absl::Duration after) {
    std::vector<std::string> ids;
    for (const OpenStream& stream : streams_.Slowest(most, kStart + after)) {
      ids.push_back(stream.id);
    }
    return ids;
  }

  OpenStreams streams_;
};

TEST_F(OpenStreamsTest, CountWhatAllHaveDone) {
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
  EXPECT_EQ(b->updates, 2);
}

TEST_F(OpenStreamsTest, ThoseWhoseReadersReadAreNotSlow) {
  const auto idle = Open("idle");
  const auto read = Open("read");
  streams_.OnWrite(read, kStart);
  streams_.OnWritten(read);
  const auto just_now = Open("just now");
  streams_.OnWrite(just_now, kStart + absl::Milliseconds(500));
  EXPECT_THAT(Slowest(10, absl::Seconds(1)), IsEmpty());
  EXPECT_EQ(idle->updates, 0);
}

TEST_F(OpenStreamsTest, TheLongestWriteIsSlowestAndThenTheMostConflated) {
  const auto often = Open("often");
  const auto once = Open("once");
  const auto late = Open("late");
  const auto later = Open("later");
  streams_.OnConflated(once);
  streams_.OnConflated(often);
  streams_.OnConflated(often);
  streams_.OnWrite(later, kStart + absl::Seconds(1));
  streams_.OnWrite(late, kStart + absl::Seconds(2));
  EXPECT_THAT(Slowest(10, absl::Seconds(9)),
              ElementsAre("later", "late", "often", "once"));
  EXPECT_THAT(Slowest(2, absl::Seconds(9)), ElementsAre("later", "late"));
}

TEST_F(OpenStreamsTest, OneThatHasEndedIsSlowNoMore) {
  const auto stream = Open("a");
  streams_.OnWrite(stream, kStart);
  EXPECT_THAT(Slowest(10, absl::Seconds(2)), SizeIs(1));
  streams_.Close(stream);
  EXPECT_THAT(Slowest(10, absl::Seconds(2)), IsEmpty());
}

}  // namespace
}  // namespace wriftai
