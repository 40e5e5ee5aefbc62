// Slow senders and senders that never stop.

#include <sys/resource.h>

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/webhook/webhook_harness.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Failure = HttpFailure;

class WebhookSlowTest : public WebhookHarness {
 protected:
  static WebhookServer::Options ShortTimeout() {
    WebhookServer::Options options = LongTimeout();
    options.request_timeout = absl::Milliseconds(100);
    return options;
  }

  // The head of a signed delivery whose body is never sent completely.
  std::string LongHead() const {
    return absl::StrCat("POST ", kPath, " HTTP/1.1\r\n",
                        "wriftai-webhook-signature: ", Sign("x"), "\r\n",
                        "content-length: 1000000\r\n\r\n");
  }

  std::unique_ptr<RawClient> Open(absl::string_view bytes) const {
    auto client = std::make_unique<RawClient>(port());
    client->Send(bytes);
    return client;
  }

  // Sends pieces until the server responds. Hangs if it never does.
  static std::string SendUntilResponse(RawClient& client,
                                       const std::string& piece) {
    while (!client.HasInput()) client.Send(piece);
    return client.Read().head;
  }
};

TEST_F(WebhookSlowTest, TimesOutRequestRegardlessOfProgress) {
  Start(ShortTimeout());
  for (const std::string& begin :
       {std::string("POST / HTTP/1.1\r\nx: "), LongHead()}) {
    const auto client = Open(begin);
    // Too slow for the timeout, but never silent.
    std::string response;
    while (!client->HasInput(absl::Milliseconds(5))) client->Send("x");
    EXPECT_THAT(client->Read().head, StartsWith("HTTP/1.1 408 "));
    EXPECT_TRUE(client->Closed());
  }
  EXPECT_EQ(counters_.Count(Failure::kTimedOut), 2);
  EXPECT_THAT(sink_.ids(), IsEmpty());
}

TEST_F(WebhookSlowTest, TimesOutSilentConnection) {
  Start(ShortTimeout());
  const auto client = Open("");
  EXPECT_THAT(client->Read().head, StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client->Closed());
}

TEST_F(WebhookSlowTest, RejectsEndlessChunksAtLimit) {
  Start();
  const auto client = Open(absl::StrCat(
      "POST ", kPath, " HTTP/1.1\r\nwriftai-webhook-signature: ", Sign("x"),
      "\r\ntransfer-encoding: chunked\r\n\r\n"));
  const std::string chunk =
      absl::StrCat("10000\r\n", std::string(0x10000, 'x'), "\r\n");
  EXPECT_THAT(SendUntilResponse(*client, chunk), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(counters_.Count(Failure::kBodyTooLarge), 1);
}

TEST_F(WebhookSlowTest, DisconnectsSenderThatContinuesAfterRejection) {
  Start();
  const auto client = Open("GET / HTTP/1.1\r\ncontent-length: 4000000\r\n\r\n");
  EXPECT_THAT(client->Read().head, StartsWith("HTTP/1.1 404 "));
  const std::string megabyte(1 << 20, 'x');
  int sent = 0;
  while (client->Send(megabyte)) ++sent;
  // The server discards 16; the system's buffers take the rest.
  EXPECT_GE(sent, 16);
  EXPECT_EQ(StatusOf(SignedDelivery("a")), "200");
}

TEST_F(WebhookSlowTest, ThousandSlowSendersDoNotDelayDelivery) {
  rlimit files = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  // A thousand descriptors on each side, and a reserve.
  ASSERT_GE(files.rlim_cur, 2200u);
  Start();
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 1000; ++i) {
    slow.push_back(Open(i % 2 == 0 ? "POST / HT" : LongHead()));
  }
  // Every one of them sends a byte between two deliveries.
  for (int i = 0; i < 10; ++i) {
    for (const auto& client : slow) client->Send("x");
    EXPECT_EQ(StatusOf(SignedDelivery("a")), "200");
  }
  EXPECT_THAT(sink_.ids(), SizeIs(10));
  EXPECT_EQ(counters_.Count(Failure::kEvicted), 0);
  for (const auto& client : slow) EXPECT_FALSE(client->HasInput());
}

TEST_F(WebhookSlowTest, EvictsOldestConnectionAtConnectionLimit) {
  WebhookServer::Options options = LongTimeout();
  options.max_connections = 3;
  Start(options);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 3; ++i) slow.push_back(Open(""));
  EXPECT_EQ(StatusOf(SignedDelivery("a")), "200");
  EXPECT_THAT(slow[0]->Read().head, StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(slow[0]->Closed());
  EXPECT_FALSE(slow[1]->HasInput());
  EXPECT_FALSE(slow[2]->HasInput());
  EXPECT_EQ(counters_.Count(Failure::kEvicted), 1);
}

TEST_F(WebhookSlowTest, EvictsOldestConnectionWithDataAtMemoryLimit) {
  WebhookServer::Options options = LongTimeout();
  options.max_held_bytes = 3 << 20;
  Start(options);
  const auto silent = Open("");
  std::vector<std::unique_ptr<RawClient>> large;
  const std::string megabyte_part(900'000, 'x');
  for (int i = 0; i < 2; ++i) {
    large.push_back(Open(LongHead()));
    large.back()->Send(megabyte_part);
  }
  const auto last = Open(LongHead());
  EXPECT_TRUE(last->Send(megabyte_part));
  EXPECT_TRUE(large[0]->HasInput(absl::Seconds(30)));
  EXPECT_EQ(counters_.Count(Failure::kEvicted), 1);
  EXPECT_EQ(StatusOf(SignedDelivery("a")), "200");
  EXPECT_FALSE(silent->HasInput());
}

}  // namespace
}  // namespace wriftai
