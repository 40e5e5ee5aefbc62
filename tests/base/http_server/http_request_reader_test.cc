#include "base/http_server/http_request_reader.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using State = HttpRequestReader::State;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kChunkedHead[] =
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

HttpRequestReader::Limits SmallLimits() {
  HttpRequestReader::Limits limits;
  limits.max_head_bytes = 100;
  limits.max_body_bytes = 10;
  return limits;
}

// Feeds the bytes at once and byte by byte; both must give the same result.
HttpRequestReader ReadAll(const std::string& bytes,
                          const HttpRequestReader::Limits& limits = {}) {
  HttpRequestReader whole(limits);
  whole.Feed(bytes);
  HttpRequestReader piecemeal(limits);
  for (const char byte : bytes) piecemeal.Feed(absl::string_view(&byte, 1));
  EXPECT_EQ(whole.state(), piecemeal.state()) << bytes;
  EXPECT_EQ(whole.failure(), piecemeal.failure()) << bytes;
  if (whole.state() == State::kDone) {
    EXPECT_EQ(whole.body(), piecemeal.body()) << bytes;
  }
  return whole;
}

void ExpectFails(const std::string& bytes, HttpFailure failure,
                 const HttpRequestReader::Limits& limits = {}) {
  const HttpRequestReader reader = ReadAll(bytes, limits);
  EXPECT_EQ(reader.state(), State::kFailed) << bytes;
  EXPECT_EQ(reader.failure(), failure) << bytes;
}

TEST(HttpRequestReaderTest, ReadsHeadAndSizedBody) {
  const HttpRequestReader reader = ReadAll(
      "POST /a?b HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nContent-LENGTH:  3 "
      "\r\n\r\nabc");
  ASSERT_EQ(reader.state(), State::kDone);
  EXPECT_EQ(reader.head().method, "POST");
  EXPECT_EQ(reader.head().target, "/a?b");
  EXPECT_THAT(reader.head().headers,
              ElementsAre(Pair("Host", "h"), Pair("X-Empty", ""),
                          Pair("Content-LENGTH", "3")));
  EXPECT_EQ(reader.body(), "abc");
}

TEST(HttpRequestReaderTest, RequestWithoutFramingHasNoBody) {
  const HttpRequestReader reader = ReadAll("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reader.state(), State::kDone);
  EXPECT_EQ(reader.body(), "");
}

TEST(HttpRequestReaderTest, IgnoresBytesAfterRequest) {
  const HttpRequestReader reader =
      ReadAll("POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\nabc\r\n\r\nGET / x");
  ASSERT_EQ(reader.state(), State::kDone);
  EXPECT_EQ(reader.body(), "a");
}

TEST(HttpRequestReaderTest, ReadsChunkedBody) {
  const HttpRequestReader reader = ReadAll(absl::StrCat(
      kChunkedHead, "3\r\nabc\r\n00a;name=value\r\n0123\r\n6789\r\n",
      "0\r\nX-Trailer: t\r\n\r\n"));
  ASSERT_EQ(reader.state(), State::kDone);
  EXPECT_EQ(reader.body(), "abc0123\r\n6789");
}

TEST(HttpRequestReaderTest, IncompleteRequestIsNeitherDoneNorFailed) {
  EXPECT_EQ(ReadAll("").state(), State::kHead);
  EXPECT_EQ(ReadAll("POST / HTTP/1.1\r\nhost: h\r\n").state(), State::kHead);
  EXPECT_EQ(ReadAll("POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\na").state(),
            State::kBody);
  EXPECT_EQ(ReadAll(absl::StrCat(kChunkedHead, "2\r\nab\r\n0\r\n")).state(),
            State::kBody);
}

TEST(HttpRequestReaderTest, ReportsExpectContinue) {
  EXPECT_TRUE(ReadAll("POST / HTTP/1.1\r\nExpect: 100-Continue\r\n\r\n")
                  .head()
                  .expects_continue);
  EXPECT_FALSE(ReadAll("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")
                   .head()
                   .expects_continue);
}

TEST(HttpRequestReaderTest, RejectsMalformedHead) {
  const std::vector<std::string> heads = {
      "\r\n\r\n",
      "POST\r\n\r\n",
      "POST /\r\n\r\n",
      "POST / HTTP/2.0\r\n\r\n",
      "POST / HTTP/1.1 \r\n\r\n",
      "POST / http/1.1\r\n\r\n",
      "POST  / HTTP/1.1\r\n\r\n",
      "POST / a HTTP/1.1\r\n\r\n",
      " POST / HTTP/1.1\r\n\r\n",
      "P@ST / HTTP/1.1\r\n\r\n",
      "POST \x01 HTTP/1.1\r\n\r\n",
      "POST /\xc3\xa4 HTTP/1.1\r\n\r\n",
      "\r\nPOST / HTTP/1.1\r\n\r\n",
      "POST / HTTP/1.1\nhost: h\r\n\r\n",
      "POST / HTTP/1.1\r\nhost\r\n\r\n",
      "POST / HTTP/1.1\r\n: h\r\n\r\n",
      "POST / HTTP/1.1\r\nhost : h\r\n\r\n",
      "POST / HTTP/1.1\r\na: b\r\n c: d\r\n\r\n",
      "POST / HTTP/1.1\r\na: b\rc\r\n\r\n",
      "POST / HTTP/1.1\r\na: b\nc: d\r\n\r\n",
      "POST / HTTP/1.1\r\na: b\r\r\n\r\n",
      "POST / HTTP/1.1\r\na: b\n\r\n\r\n",
      "POST / HTTP/1.1\r\na:\x0b b\r\n\r\n",
      std::string("POST / HTTP/1.1\r\na: b\0c\r\n\r\n", 28),
  };
  for (const std::string& head : heads) {
    ExpectFails(head, HttpFailure::kMalformed);
  }
}

TEST(HttpRequestReaderTest, RejectsRepeatedOrInvalidFraming) {
  for (const char* const headers :
       {"content-length: 1\r\ncontent-length: 1\r\n",
        "content-length: 1\r\nCONTENT-LENGTH: 2\r\n",
        "content-length: 1\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: identity\r\n", "transfer-encoding:\r\n",
        "content-length:\r\n", "content-length: -1\r\n",
        "content-length: +1\r\n", "content-length: 1, 1\r\n",
        "content-length: 0x1\r\n", "content-length: 1234567890123456789\r\n",
        "content-length: 1\n\r\n", "content-length: 1\r\r\n",
        "transfer-encoding: \x0b chunked\r\n",
        "transfer-encoding: chunked\x0c\r\n"}) {
    ExpectFails(absl::StrCat("POST / HTTP/1.1\r\n", headers, "\r\n"),
                HttpFailure::kMalformed);
  }
  ExpectFails("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n",
              HttpFailure::kMalformed);
}

TEST(HttpRequestReaderTest, RejectsMalformedChunk) {
  for (const std::string& body :
       {std::string("\r\n"), std::string("g\r\n"), std::string("-1\r\n"),
        std::string("0x1\r\n"), std::string(" 1\r\n"), std::string("1 \r\n"),
        std::string(";\r\n"), std::string("00000001\r\n"),
        std::string("1\r\nab"), std::string("1\r\na\rb\r\n"),
        std::string("1;") + std::string(100, 'x'), std::string(100, '0')}) {
    const std::string bytes = absl::StrCat(kChunkedHead, body, "\r\n");
    ExpectFails(bytes, HttpFailure::kMalformed);
  }
}

// Parsers that end lines at a LF alone would see another request here.
TEST(HttpRequestReaderTest, RejectsControlCharactersInChunkLinesAndTrailers) {
  for (const char* const body :
       {"1;\n\r\na\r\n0\r\n", "1;x\ry\r\na\r\n0\r\n",
        "1\r\na\r\n0\r\nGET / HTTP/1.1\nx: y\r\n", "1\r\na\r\n0\r\nx: y\r\r\n",
        "1\r\na\r\n0\r\nx: \x7f\r\n"}) {
    ExpectFails(absl::StrCat(kChunkedHead, body, "\r\n"),
                HttpFailure::kMalformed);
  }
}

TEST(HttpRequestReaderTest, BoundsNumberOfHeaders) {
  std::string fits = "POST / HTTP/1.1\r\n";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&fits, "a:\r\n");
  EXPECT_EQ(ReadAll(fits + "\r\n").state(), State::kDone);
  ExpectFails(fits + "a:\r\n\r\n", HttpFailure::kHeadTooLarge);
}

TEST(HttpRequestReaderTest, BoundsHead) {
  const std::string fits =
      absl::StrCat("POST / HTTP/1.1\r\nx: ", std::string(78, 'x'), "\r\n\r\n");
  ASSERT_EQ(fits.size(), 100u + 2u);
  HttpRequestReader::Limits limits = SmallLimits();
  limits.max_head_bytes = fits.size();
  EXPECT_EQ(ReadAll(fits, limits).state(), State::kDone);
  limits.max_head_bytes = fits.size() - 1;
  ExpectFails(fits, HttpFailure::kHeadTooLarge, limits);
  ExpectFails(std::string(101, 'x'), HttpFailure::kHeadTooLarge, SmallLimits());
}

TEST(HttpRequestReaderTest, BoundsBodyWithAnyFraming) {
  EXPECT_EQ(ReadAll("P / HTTP/1.1\r\ncontent-length: 10\r\n\r\n0123456789",
                    SmallLimits())
                .body()
                .size(),
            10u);
  ExpectFails("P / HTTP/1.1\r\ncontent-length: 11\r\n\r\n",
              HttpFailure::kBodyTooLarge, SmallLimits());
  EXPECT_EQ(ReadAll(absl::StrCat(kChunkedHead,
                                 "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"),
                    SmallLimits())
                .body()
                .size(),
            10u);
  ExpectFails(absl::StrCat(kChunkedHead, "5\r\n01234\r\n6\r\n"),
              HttpFailure::kBodyTooLarge, SmallLimits());
  ExpectFails(absl::StrCat(kChunkedHead, "fffffff\r\n"),
              HttpFailure::kBodyTooLarge, SmallLimits());
}

TEST(HttpRequestReaderTest, BoundsChunkLinesAndTrailerLines) {
  const auto with = [](size_t chunk_line, size_t trailer) {
    return absl::StrCat(kChunkedHead, "0;", std::string(chunk_line - 2, 'x'),
                        "\r\n", std::string(trailer, 'x'), "\r\n\r\n");
  };
  EXPECT_EQ(ReadAll(with(64, 100), SmallLimits()).state(), State::kDone);
  ExpectFails(with(65, 100), HttpFailure::kMalformed, SmallLimits());
  ExpectFails(with(64, 101), HttpFailure::kHeadTooLarge, SmallLimits());
}

TEST(HttpRequestReaderTest, BoundsTrailers) {
  ExpectFails(absl::StrCat(kChunkedHead, "0\r\n", std::string(102, 'x')),
              HttpFailure::kHeadTooLarge, SmallLimits());
  std::string many = absl::StrCat(kChunkedHead, "0\r\n");
  for (int i = 0; i < 101; ++i) absl::StrAppend(&many, "x\r\n");
  ExpectFails(many, HttpFailure::kHeadTooLarge, SmallLimits());
}

TEST(HttpRequestReaderTest, HeldBytesAreBoundedByReceivedBytes) {
  HttpRequestReader reader({});
  EXPECT_EQ(reader.held_bytes(), 0u);
  reader.Feed("POST / HTTP/1.1\r\ncontent-length: 4000000\r\n\r\n");
  EXPECT_LT(reader.held_bytes(), 1000u);
}

TEST(HttpRequestReaderTest, HeldBytesIncludeParsedHead) {
  HttpRequestReader reader({});
  reader.Feed("POST / HTTP/1.1\r\ncontent-length: 1\r\n");
  for (int i = 0; i < 99; ++i) reader.Feed("a:\r\n");
  reader.Feed("\r\n");
  ASSERT_EQ(reader.state(), State::kBody);
  EXPECT_GE(reader.held_bytes(), 100 * 2 * sizeof(std::string));
}

}  // namespace
}  // namespace wriftai
