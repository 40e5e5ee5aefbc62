#include "upstream/http/reply_buffer.h"

#include "gmock/gmock.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class ReplyBufferTest : public testing::Test {
 protected:
  void Lines(std::initializer_list<const char*> lines) {
    for (const char* line : lines) {
      ASSERT_TRUE(buffer_.AddHeaderLine(std::string(line) + "\r\n"));
    }
  }

  HttpOptions options_;
  ReplyBuffer buffer_{options_};
};

TEST_F(ReplyBufferTest, LowersNamesTrimsValuesKeepsOrder) {
  Lines({"HTTP/1.1 200 OK", "X-B:  two words \t", "A:1", "Empty:", ""});
  EXPECT_THAT(
      buffer_.Take(200).headers,
      ElementsAre(Pair("x-b", "two words"), Pair("a", "1"), Pair("empty", "")));
}

TEST_F(ReplyBufferTest, ForgetsInterimRepliesAndTrailers) {
  Lines({"HTTP/1.1 103 Early Hints", "link: x", "", "HTTP/1.1 200 OK", "a: 1",
         "", "trailer: t", ""});
  EXPECT_THAT(buffer_.Take(200).headers, ElementsAre(Pair("a", "1")));
}

TEST_F(ReplyBufferTest, KnowsInterimRepliesOfHttp2) {
  Lines({"HTTP/2 100 ", "a: 1", "", "HTTP/2 200 ", ""});
  EXPECT_THAT(buffer_.Take(200).headers, IsEmpty());
}

TEST_F(ReplyBufferTest, JoinsAFoldedLine) {
  Lines({"HTTP/1.1 200 OK", "a: one", "  two", ""});
  EXPECT_THAT(buffer_.Take(200).headers, ElementsAre(Pair("a", "one two")));
}

TEST_F(ReplyBufferTest, SkipsALineThatIsNoHeader) {
  Lines({"HTTP/1.1 200 OK", " folds nothing", "no colon", "a: 1", ""});
  EXPECT_THAT(buffer_.Take(200).headers, ElementsAre(Pair("a", "1")));
}

TEST_F(ReplyBufferTest, CountsInterimBytesTowardsTheHeaderLimit) {
  options_.max_header_bytes = 40;
  Lines({"HTTP/1.1 100 Continue", ""});
  EXPECT_FALSE(buffer_.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(buffer_.excess(), "the reply's headers exceed 40 bytes");
}

TEST_F(ReplyBufferTest, TakesExactlyTheHeaderLimit) {
  options_.max_header_bytes = 17;
  EXPECT_TRUE(buffer_.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(buffer_.excess(), "");
}

TEST_F(ReplyBufferTest, BoundsTheNumberOfHeaders) {
  options_.max_headers = 2;
  Lines({"HTTP/1.1 200 OK", "a: 1", "b: 2"});
  EXPECT_FALSE(buffer_.AddHeaderLine("c: 3\r\n"));
  EXPECT_EQ(buffer_.excess(), "the reply has more than 2 headers");
}

TEST_F(ReplyBufferTest, TakesExactlyTheBodyLimit) {
  options_.max_response_bytes = 4;
  EXPECT_TRUE(buffer_.AddBody("ab"));
  EXPECT_TRUE(buffer_.AddBody("cd"));
  EXPECT_EQ(buffer_.Take(200).body, "abcd");
}

TEST_F(ReplyBufferTest, RefusesOneByteMoreThanTheBodyLimit) {
  options_.max_response_bytes = 4;
  EXPECT_TRUE(buffer_.AddBody("abcd"));
  EXPECT_FALSE(buffer_.AddBody("e"));
  EXPECT_EQ(buffer_.excess(), "the reply's body exceeds 4 bytes");
}

}  // namespace
}  // namespace wriftai
