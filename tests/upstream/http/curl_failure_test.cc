#include "upstream/http/curl_failure.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

TransportFailure From(CURLcode code, bool headers_complete,
                      absl::string_view text) {
  return TransportFailureFrom({code, true, headers_complete, text},
                              HttpOptions());
}

TEST(CurlFailureTest, TooLongHeaderLineIsNotOutOfMemory) {
  const TransportFailure failure =
      From(CURLE_OUT_OF_MEMORY, false, "Out of memory");
  EXPECT_EQ(failure.kind, Kind::kResponseTooLarge);
  EXPECT_TRUE(failure.maybe_sent);
  EXPECT_EQ(failure.message, "the response's headers exceed 65536 bytes");
}

TEST(CurlFailureTest, TooLongTrailerIsNotOutOfMemory) {
  const TransportFailure failure =
      From(CURLE_RECV_ERROR, true, "Out of memory in chunked-encoding");
  EXPECT_EQ(failure.kind, Kind::kResponseTooLarge);
  EXPECT_EQ(failure.message, "a trailer of the response exceeds 4096 bytes");
}

TEST(CurlFailureTest, UndecodableBodyIsProtocolError) {
  const TransportFailure failure = From(CURLE_WRITE_ERROR, true, "");
  EXPECT_EQ(failure.kind, Kind::kProtocol);
  EXPECT_EQ(failure.message, "the response's body cannot be decoded");
}

TEST(CurlFailureTest, MalformedChunkIsProtocolError) {
  for (const char* const what :
       {"Illegal or missing hexadecimal sequence in chunked-encoding",
        "Malformed encoding found in chunked-encoding"}) {
    const TransportFailure failure = From(CURLE_RECV_ERROR, true, what);
    EXPECT_EQ(failure.kind, Kind::kProtocol);
    EXPECT_EQ(failure.message, what);
  }
}

TEST(CurlFailureTest, KeepsOtherMessagesOfLibcurl) {
  EXPECT_EQ(
      From(CURLE_GOT_NOTHING, false, "Empty response from server").message,
      "Empty response from server");
  EXPECT_EQ(From(CURLE_RECV_ERROR, true, "Recv failure").kind,
            Kind::kInterrupted);
}

TEST(CurlFailureTest, SanitizesTextOfServer) {
  const TransportFailure failure =
      From(CURLE_WEIRD_SERVER_REPLY, false, "Invalid \x1b[2J\xff\n");
  EXPECT_EQ(failure.kind, Kind::kProtocol);
  EXPECT_EQ(failure.message, "Invalid ?[2J??");
}

TEST(CurlFailureTest, FailureBeforeSendingIsConnectFailure) {
  const TransportFailure failure = TransportFailureFrom(
      {CURLE_OUT_OF_MEMORY, false, false, ""}, HttpOptions());
  EXPECT_EQ(failure.kind, Kind::kConnect);
  EXPECT_FALSE(failure.maybe_sent);
}

}  // namespace
}  // namespace wriftai
