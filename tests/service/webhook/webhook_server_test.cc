#include "service/webhook/webhook_server.h"

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/webhook/webhook_harness.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Outcome = WebhookOutcome;
using Failure = HttpFailure;

class WebhookServerTest : public WebhookHarness {
 protected:
  struct Hostile {
    const char* name;
    std::string bytes;
    std::string status;
    DeliveryOutcome outcome;
  };

  std::vector<Hostile> HostileDeliveries() const {
    const std::string body = Event("c");
    const std::string good = Sign(body);
    const std::string v1 = good.substr(good.find("v1="));
    const std::string time = good.substr(0, good.find(','));
    const auto with = [&](const std::string& signature) {
      return Delivery(body, signature);
    };
    const auto from = [&](const std::string& what, const std::string& other) {
      return absl::StrReplaceAll(Delivery(body, good), {{what, other}});
    };
    const auto event = [&](const std::string& text) {
      return Delivery(text, Sign(text));
    };
    std::string upper = v1;
    for (char& c : upper) c = static_cast<char>(toupper(c));
    const std::string ten_megabytes(10 << 20, 'x');
    return {
        {"no signature", with(""), "401", Outcome::kUnsigned},
        {"wrong secret", with(Sign(body, "other")), "401",
         Outcome::kBadSignature},
        {"another body", Delivery(Event("d"), good), "401",
         Outcome::kBadSignature},
        {"old", with(Sign(body, "key", -absl::Seconds(301))), "401",
         Outcome::kStale},
        {"from the future", with(Sign(body, "key", absl::Seconds(301))), "401",
         Outcome::kStale},
        {"another time", with("t=1," + v1), "401", Outcome::kStale},
        {"no t", with(v1), "400", Outcome::kMalformedSignature},
        {"two t", with(time + "," + good), "400", Outcome::kMalformedSignature},
        {"t alone", with(time), "400", Outcome::kMalformedSignature},
        {"v2 only", with(time + ",v2=" + v1.substr(3)), "401",
         Outcome::kUnsupportedSignature},
        {"63 digits", with(good.substr(0, good.size() - 1)), "400",
         Outcome::kMalformedSignature},
        {"upper case", with(time + ",v1=" + upper.substr(3)), "400",
         Outcome::kMalformedSignature},
        {"a space", with(time + ", " + v1), "400",
         Outcome::kMalformedSignature},
        {"a signature twice",
         from("host: h", "wriftai-webhook-signature: " + good), "400",
         Outcome::kMalformedSignature},
        {"10 MB", Delivery(ten_megabytes, Sign(ten_megabytes)), "413",
         Failure::kBodyTooLarge},
        {"a chunk without a size",
         from("content-length: " + std::to_string(body.size()),
              "transfer-encoding: chunked") +
             "\r\n",
         "400", Failure::kMalformed},
        {"a large head", from("host: h", "x: " + std::string(8192, 'x')), "431",
         Failure::kHeadTooLarge},
        {"two lengths", from("host: h", "content-length: 1"), "400",
         Failure::kMalformed},
        {"length and chunks", from("host: h", "transfer-encoding: chunked"),
         "400", Failure::kMalformed},
        {"no HTTP", "\x16\x03\x01\r\n\r\n", "400", Failure::kMalformed},
        {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400",
         Failure::kMalformed},
        {"another path", from(kPath, "/"), "404", Outcome::kNotFound},
        {"a query", from(kPath, std::string(kPath) + "?a=b"), "404",
         Outcome::kNotFound},
        {"another method", from("POST", "GET"), "405",
         Outcome::kMethodNotAllowed},
        {"bad JSON with a good signature", event(R"({"id":)"), "400",
         Outcome::kNotAPrediction},
        {"another shape",
         event(R"({"id":"00000000-0000-4000-8000-00000000000c"})"), "400",
         Outcome::kNotAPrediction},
        {"no body", event(""), "400", Outcome::kNotAPrediction},
    };
  }
};

TEST_F(WebhookServerTest, AcceptsSignedDelivery) {
  Start();
  RawClient client(port());
  const RawClient::Response response = client.Call(SignedDelivery("a"));
  EXPECT_EQ(response.head,
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n");
  EXPECT_THAT(sink_.ids(), ElementsAre(Id("a")));
  EXPECT_TRUE(client.Closed());
  EXPECT_EQ(counters_.Count(Outcome::kAccepted), 1);
}

TEST_F(WebhookServerTest, RejectsHostileDeliveriesWithSpecificStatus) {
  Start();
  for (const Hostile& hostile : HostileDeliveries()) {
    const int64_t before = counters_.Count(hostile.outcome);
    EXPECT_EQ(StatusOf(hostile.bytes), hostile.status) << hostile.name;
    EXPECT_EQ(counters_.Count(hostile.outcome), before + 1) << hostile.name;
  }
  EXPECT_THAT(sink_.ids(), IsEmpty());
  EXPECT_EQ(StatusOf(SignedDelivery("a")), "200");
}

TEST_F(WebhookServerTest, RejectsHostileDeliveriesSentByteByByte) {
  Start();
  for (const Hostile& hostile : HostileDeliveries()) {
    if (hostile.bytes.size() > 10'000) continue;
    RawClient client(port());
    for (const char byte : hostile.bytes) client.Send({&byte, 1});
    EXPECT_THAT(client.Read().head, StartsWith("HTTP/1.1 " + hostile.status))
        << hostile.name;
  }
  EXPECT_THAT(sink_.ids(), IsEmpty());
}

TEST_F(WebhookServerTest, AcceptsReplayAndUnknownStatus) {
  Start();
  const std::string delivery = SignedDelivery("a");
  EXPECT_EQ(StatusOf(delivery), "200");
  EXPECT_EQ(StatusOf(delivery), "200");
  const std::string unknown =
      absl::StrCat(R"({"id":")", Id("b"), R"(","status":"canceled"})");
  EXPECT_EQ(StatusOf(Delivery(unknown, Sign(unknown))), "200");
  EXPECT_THAT(sink_.ids(), ElementsAre(Id("a"), Id("a"), Id("b")));
}

TEST_F(WebhookServerTest, RespondsWith503IfSinkIsFull) {
  Start();
  sink_.SetFull(true);
  EXPECT_EQ(StatusOf(SignedDelivery("a")), "503");
  sink_.SetFull(false);
  EXPECT_EQ(StatusOf(SignedDelivery("a")), "200");
  EXPECT_EQ(counters_.Count(Outcome::kFull), 1);
}

TEST_F(WebhookServerTest, AcceptsChunkedAndHttp10Requests) {
  Start();
  const std::string body = Event("a");
  const std::string signature =
      std::string("wriftai-webhook-signature: ") + Sign(body) + "\r\n";
  EXPECT_EQ(
      StatusOf(absl::StrCat(
          "POST ", kPath, " HTTP/1.1\r\n", signature,
          "transfer-encoding: chunked\r\n\r\n1\r\n", body.substr(0, 1), "\r\n",
          absl::Hex(body.size() - 1), "\r\n", body.substr(1), "\r\n0\r\n\r\n")),
      "200");
  EXPECT_EQ(
      StatusOf(absl::StrCat("POST ", kPath, " HTTP/1.0\r\n", signature,
                            "content-length: ", body.size(), "\r\n\r\n", body)),
      "200");
}

TEST_F(WebhookServerTest, RespondsToExpectContinue) {
  Start();
  const std::string body = Event("a");
  RawClient client(port());
  const RawClient::Response interim = client.Call(
      absl::StrCat("POST ", kPath, " HTTP/1.1\r\nexpect: 100-continue\r\n",
                   "wriftai-webhook-signature: ", Sign(body), "\r\n",
                   "content-length: ", body.size(), "\r\n\r\n"));
  EXPECT_EQ(interim.head, "HTTP/1.1 100 Continue\r\n");
  EXPECT_THAT(client.Call(body).head, StartsWith("HTTP/1.1 200 "));
}

TEST_F(WebhookServerTest, ReportsAllowedMethod) {
  Start();
  RawClient client(port());
  EXPECT_THAT(client.Call(Get(kPath)).head, HasSubstr("\r\nallow: POST\r\n"));
}

TEST_F(WebhookServerTest, CountsIncompleteRequests) {
  Start();
  { RawClient client(port()); }
  {
    RawClient client(port());
    client.Send("POST ");
  }
  // The server may handle the disconnect only after some deliveries.
  while (counters_.Count(Failure::kDisconnected) == 0) {
    ASSERT_EQ(StatusOf(SignedDelivery("a")), "200");
  }
  server_.reset();
  EXPECT_EQ(counters_.Count(Failure::kDisconnected), 1);
}

TEST_F(WebhookServerTest, StopsWithOpenConnections) {
  Start();
  RawClient client(port());
  client.Send("POST ");
  server_.reset();
  EXPECT_TRUE(client.Closed());
}

TEST_F(WebhookServerTest, StartRejectsUnavailableAddress) {
  Start();
  WebhookServer::Options options = LongTimeout();
  options.listen_address = absl::StrCat("127.0.0.1:", port());
  EXPECT_THAT(
      WebhookServer::Start(options, receiver_, counters_, listener_counters_),
      StatusIs(absl::StatusCode::kUnavailable,
               absl::StrCat("cannot listen on ", options.listen_address,
                            ": Address already in use")));
  options.listen_address = "nonsense";
  EXPECT_THAT(
      WebhookServer::Start(options, receiver_, counters_, listener_counters_),
      StatusIs(absl::StatusCode::kUnavailable,
               "cannot listen on nonsense: expected HOST:PORT"));
}

}  // namespace
}  // namespace wriftai
