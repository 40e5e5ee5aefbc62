#include "upstream/http/response_buffer.h"

#include "gmock/gmock.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class ResponseBufferTest : public testing::Test {
 protected:
  void AddLines(std::initializer_list<const char*> lines) {
    for (const char* line : lines) {
      ASSERT_TRUE(buffer_.AddHeaderLine(std::string(line) + "\r\n"));
    }
  }

  HttpOptions options_;
  ResponseBuffer buffer_{options_};
};

TEST_F(ResponseBufferTest, LowercasesNamesTrimsValuesKeepsOrder) {
  AddLines({"HTTP/1.1 200 OK", "X-B:  two words \t", "A:1", "Empty:", ""});
  EXPECT_THAT(
      buffer_.Take(200).headers,
      ElementsAre(Pair("x-b", "two words"), Pair("a", "1"), Pair("empty", "")));
}

TEST_F(ResponseBufferTest, DropsInterimResponsesAndTrailers) {
  AddLines({"HTTP/1.1 103 Early Hints", "link: x", "", "HTTP/1.1 200 OK",
            "a: 1", "", "trailer: t", ""});
  EXPECT_THAT(buffer_.Take(200).headers, ElementsAre(Pair("a", "1")));
}

TEST_F(ResponseBufferTest, DropsInterimResponsesOfHttp2) {
  AddLines({"HTTP/2 100 ", "a: 1", "", "HTTP/2 200 ", ""});
  EXPECT_THAT(buffer_.Take(200).headers, IsEmpty());
}

TEST_F(ResponseBufferTest, JoinsFoldedLine) {
  AddLines({"HTTP/1.1 200 OK", "a: one", "  two", ""});
  EXPECT_THAT(buffer_.Take(200).headers, ElementsAre(Pair("a", "one two")));
}

TEST_F(ResponseBufferTest, SkipsLineWithoutHeader) {
  AddLines({"HTTP/1.1 200 OK", " folds nothing", "no colon", "a: 1", ""});
  EXPECT_THAT(buffer_.Take(200).headers, ElementsAre(Pair("a", "1")));
}

TEST_F(ResponseBufferTest, CountsInterimBytesTowardHeaderLimit) {
  options_.max_header_bytes = 40;
  AddLines({"HTTP/1.1 100 Continue", ""});
  EXPECT_FALSE(buffer_.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(buffer_.excess(), "the response's headers exceed 40 bytes");
}

TEST_F(ResponseBufferTest, AcceptsExactlyHeaderLimit) {
  options_.max_header_bytes = 17;
  EXPECT_TRUE(buffer_.AddHeaderLine("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(buffer_.excess(), "");
}

TEST_F(ResponseBufferTest, BoundsNumberOfHeaders) {
  options_.max_headers = 2;
  AddLines({"HTTP/1.1 200 OK", "a: 1", "b: 2"});
  EXPECT_FALSE(buffer_.AddHeaderLine("c: 3\r\n"));
  EXPECT_EQ(buffer_.excess(), "the response has more than 2 headers");
}

TEST_F(ResponseBufferTest, AcceptsExactlyBodyLimit) {
  options_.max_response_bytes = 4;
  EXPECT_TRUE(buffer_.AddBody("ab"));
  EXPECT_TRUE(buffer_.AddBody("cd"));
  EXPECT_EQ(buffer_.Take(200).body, "abcd");
}

TEST_F(ResponseBufferTest, RejectsOneByteMoreThanBodyLimit) {
  options_.max_response_bytes = 4;
  EXPECT_TRUE(buffer_.AddBody("abcd"));
  EXPECT_FALSE(buffer_.AddBody("e"));
  EXPECT_EQ(buffer_.excess(), "the response's body exceeds 4 bytes");
}

TEST_F(ResponseBufferTest, ReservesContentLengthOnce) {
  AddLines({"HTTP/1.1 200 OK", "Content-Length: 3000000", ""});
  const std::string piece(100000, 'x');
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(buffer_.AddBody(piece));
  const std::string body = buffer_.Take(200).body;
  EXPECT_EQ(body, std::string(3000000, 'x'));
  EXPECT_EQ(body.capacity(), 3000000U);
}

TEST_F(ResponseBufferTest, ReservesLittleForContentLengthThatDoesNotArrive) {
  AddLines({"HTTP/1.1 200 OK", "Content-Length: 60000000", ""});
  ASSERT_TRUE(buffer_.AddBody(std::string(100, 'x')));
  EXPECT_EQ(buffer_.Take(200).body.capacity(), 65536U);
}

TEST_F(ResponseBufferTest, ReservesNothingForContentLengthAboveLimit) {
  options_.max_response_bytes = 1000;
  AddLines({"HTTP/1.1 200 OK", "Content-Length: 1001", ""});
  ASSERT_TRUE(buffer_.AddBody("x"));
  EXPECT_LT(buffer_.Take(200).body.capacity(), 100U);
}

TEST_F(ResponseBufferTest, KeepsBodyBeyondContentLength) {
  // As of a compressed body.
  AddLines({"HTTP/1.1 200 OK", "content-length: 100000", ""});
  const std::string piece(70000, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(buffer_.AddBody(piece));
  EXPECT_EQ(buffer_.Take(200).body, std::string(1400000, 'x'));
}

}  // namespace
}  // namespace wriftai
