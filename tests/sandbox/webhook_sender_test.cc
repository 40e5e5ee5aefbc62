#include "sandbox/webhook_sender.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/webhook_signature.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai::sandbox {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(WebhookSignatureTest, MatchesTestVector) {
  EXPECT_EQ(SignWebhook(Secret("top-secret"), absl::FromUnixSeconds(1729168452),
                        R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a",)"
                        R"("status":"succeeded"})"),
            "t=1729168452,v1="
            "b484b9247766d2ef969cb275bdce8cac543c9d0aa95149592b392da1e46ea7b9");
}

class WebhookSenderTest : public testing::Test {
 protected:
  void Start() {
    sender_ = std::make_unique<WebhookSender>(
        options_, [] { return absl::FromUnixSeconds(7); }, &event_loop_,
        &transport_, &counters_);
  }
  void Send(const std::string& id, const std::string& body,
            const std::string& secret = "") {
    if (sender_ == nullptr) Start();
    sender_->Send({{"http://h/" + id, Secret(secret)}, id, body});
  }
  void Respond(size_t index, int status) {
    HttpResponse response;
    response.status = status;
    transport_.Complete(index, response);
    event_loop_.RunPosted();
  }
  std::vector<std::string> Sent() {
    std::vector<std::string> bodies;
    for (const HttpRequest& request : transport_.sent()) {
      bodies.push_back(request.body);
    }
    return bodies;
  }

  ManualEventLoop event_loop_;
  FakeTransport transport_;
  WebhookCounters counters_;
  WebhookSender::Options options_;
  std::unique_ptr<WebhookSender> sender_;
};

TEST_F(WebhookSenderTest, PostsBodyAsJson) {
  Send("a", "{}");
  const HttpRequest& request = transport_.sent().at(0);
  EXPECT_EQ(request.method, HttpMethod::kPost);
  EXPECT_EQ(request.url, "http://h/a");
  EXPECT_EQ(request.timeout, absl::Seconds(10));
  EXPECT_TRUE(request.bearer.empty());
  EXPECT_THAT(request.headers,
              ElementsAre(Pair("content-type", "application/json")));
}

TEST_F(WebhookSenderTest, SignsIfSecretIsSet) {
  Send("a", "{}", "s");
  EXPECT_THAT(transport_.sent().at(0).headers,
              testing::Contains(Pair(
                  "wriftai-webhook-signature",
                  SignWebhook(Secret("s"), absl::FromUnixSeconds(7), "{}"))));
}

TEST_F(WebhookSenderTest, AcceptsAny2xx) {
  Send("a", "1");
  Respond(0, 204);
  event_loop_.Advance(absl::Hours(1));
  EXPECT_EQ(transport_.sent().size(), 1u);
  EXPECT_EQ(counters_.Stats().delivered, 1);
}

TEST_F(WebhookSenderTest, RetriesOtherResponsesWithBackoff) {
  Send("a", "1");
  Respond(0, 500);
  event_loop_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(transport_.sent().size(), 1u);
  event_loop_.Advance(absl::Milliseconds(1));
  Respond(1, 302);
  event_loop_.Advance(absl::Milliseconds(1999));
  EXPECT_EQ(transport_.sent().size(), 2u);
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(transport_.sent().size(), 3u);
}

TEST_F(WebhookSenderTest, StopsAfterLastAttempt) {
  options_.attempts = 2;
  Send("a", "1");
  Respond(0, 500);
  event_loop_.Advance(absl::Hours(1));
  transport_.Fail(TransportFailure::Kind::kTimeout, true);
  event_loop_.Advance(absl::Hours(1));
  EXPECT_EQ(transport_.sent().size(), 2u);
  EXPECT_EQ(counters_.Stats().failed, 1);
}

TEST_F(WebhookSenderTest, SendsStatesOfPredictionInOrder) {
  Send("a", "a1");
  Send("a", "a2");
  Send("b", "b1");
  EXPECT_THAT(Sent(), ElementsAre("a1", "b1"));
  Respond(0, 200);
  EXPECT_THAT(Sent(), ElementsAre("a1", "b1", "a2"));
}

TEST_F(WebhookSenderTest, RetryDoesNotDelayNextState) {
  Send("a", "a1");
  Send("a", "a2");
  Respond(0, 500);
  EXPECT_THAT(Sent(), ElementsAre("a1", "a2"));
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(Sent(), ElementsAre("a1", "a2", "a1"));
}

TEST_F(WebhookSenderTest, LimitsRequestsInFlight) {
  options_.max_in_flight = 1;
  Send("a", "a");
  Send("b", "b");
  EXPECT_THAT(Sent(), ElementsAre("a"));
  Respond(0, 200);
  EXPECT_THAT(Sent(), ElementsAre("a", "b"));
}

TEST_F(WebhookSenderTest, BoundsQueue) {
  options_.max_queue = 2;
  for (const char* id : {"a", "b", "c"}) Send(id, id);
  EXPECT_THAT(Sent(), ElementsAre("a", "b"));
  EXPECT_EQ(counters_.Stats().overflowed, 1);
  EXPECT_EQ(counters_.Stats().longest_queue, 2);
}

TEST_F(WebhookSenderTest, BoundsBytesOfQueue) {
  options_.max_queue_bytes = 5;
  Send("a", "12345");
  Send("b", "1");
  EXPECT_EQ(counters_.Stats().overflowed, 1);
  Respond(0, 200);
  Send("c", "1");
  EXPECT_THAT(Sent(), ElementsAre("12345", "1"));
}

TEST_F(WebhookSenderTest, DropsEvents) {
  options_.drop_probability = 1;
  Send("a", "1");
  EXPECT_TRUE(Sent().empty());
  EXPECT_EQ(counters_.Stats().dropped, 1);
}

TEST_F(WebhookSenderTest, DuplicatesEvents) {
  options_.duplicate_probability = 1;
  Send("a", "1");
  Respond(0, 200);
  EXPECT_THAT(Sent(), ElementsAre("1", "1"));
  EXPECT_EQ(counters_.Stats().duplicated, 1);
}

TEST_F(WebhookSenderTest, ReordersEventsBySeed) {
  const std::string kIds = "abcdefghijkl";
  options_.reorder_probability = 0.5;
  std::vector<std::string> orders;
  for (int run = 0; run < 2; ++run) {
    Start();
    const size_t before = transport_.sent().size();
    for (const char id : kIds) Send(std::string(1, id), std::string(1, id));
    event_loop_.Advance(options_.reorder_delay);
    std::string order;
    for (size_t i = before; i < transport_.sent().size(); ++i) {
      order += transport_.sent()[i].body;
    }
    orders.push_back(order);
  }
  EXPECT_EQ(orders[0].size(), kIds.size());
  EXPECT_NE(orders[0], kIds);
  EXPECT_EQ(orders[0], orders[1]);
}

TEST_F(WebhookSenderTest, ClearCancelsAllDeliveries) {
  Send("a", "a1");
  Send("a", "a2");
  Send("b", "b1");
  Respond(1, 500);
  sender_->Clear();
  event_loop_.Advance(absl::Hours(1));
  EXPECT_EQ(transport_.pending_count(), 0u);
  EXPECT_THAT(Sent(), ElementsAre("a1", "b1"));
  Send("a", "a3");
  EXPECT_THAT(Sent(), ElementsAre("a1", "b1", "a3"));
}

}  // namespace
}  // namespace wriftai::sandbox
