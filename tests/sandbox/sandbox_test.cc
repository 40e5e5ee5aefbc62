#include "sandbox/sandbox.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/webhook_signature.h"
#include "tests/support/raw_client.h"
#include "tests/support/raw_http_server.h"
#include "tests/support/status_matchers.h"

namespace wriftai::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kEcho[] = R"({"model":"wriftai/echo","input":{"n": 1.0}})";
constexpr char kSlow[] = R"({"model":"wriftai/slow","input":{"prompt":"x"}})";

// Tests a sandbox over a real socket, with a manual clock.
class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    options_.clock = &clock_;
    options_.workers = 8;
    options_.rates.enforce = false;
  }

  Sandbox& sandbox() {
    if (sandbox_ == nullptr) sandbox_ = *Sandbox::Start(options_);
    return *sandbox_;
  }
  int port() {
    const std::string& url = sandbox().base_url();
    const size_t colon = url.rfind(':');
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(
        url.substr(colon + 1, url.rfind('/') - colon - 1), &port));
    return port;
  }
  void AddFault(const Fault& fault) {
    ASSERT_THAT(sandbox().AddFaults({fault}), IsOk());
  }

  ManualClock clock_{absl::FromUnixSeconds(1000)};
  SandboxOptions options_;
  std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(SandboxTest, ReportsBaseUrl) {
  EXPECT_EQ(sandbox().base_url(),
            absl::StrCat("http://127.0.0.1:", port(), "/v1"));
}

TEST_F(SandboxTest, FailsIfAddressIsInUse) {
  options_.listen_address = absl::StrCat("127.0.0.1:", port());
  EXPECT_THAT(
      Sandbox::Start(options_),
      StatusIs(absl::StatusCode::kUnavailable,
               absl::StrCat("cannot listen on ", options_.listen_address,
                            ": Address already in use")));
}

TEST_F(SandboxTest, SupportsSeveralInstances) {
  const auto other = *Sandbox::Start(options_);
  RawClient client(port());
  client.Call(Post("/v1/predictions", kEcho));
  EXPECT_EQ(sandbox().traffic().predictions_created, 1);
  EXPECT_EQ(other->traffic().predictions_created, 0);
}

TEST_F(SandboxTest, SendsExactlyTheseHeaders) {
  options_.seed = 1;
  RawClient client(port());
  const auto response = client.Call(Post("/v1/predictions", kEcho));
  EXPECT_THAT(
      response.head,
      testing::MatchesRegex("HTTP/1.1 202 Accepted\r\n"
                            "content-type: application/json\r\n"
                            "location: http://h/v1/predictions/[-0-9a-f]+\r\n"
                            "x-ratelimit-limit: 15\r\n"
                            "x-ratelimit-remaining: 14\r\n"
                            "x-ratelimit-reset: 1001\r\n"
                            "x-request-id: [-0-9a-f]+\r\n"
                            "date: Thu, 01 Jan 1970 00:16:40 GMT\r\n"
                            "content-length: [0-9]+\r\n"));
  EXPECT_THAT(response.body, StartsWith("{\"id\":\""));
}

TEST_F(SandboxTest, ServesManyRequestsPerConnection) {
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(client.Call(Get("/v1/predictions")).head,
                StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(client.Call(Get("/v1/predictions/x")).head,
                StartsWith("HTTP/1.1 422 "));
    EXPECT_THAT(
        client.Call("GET /v1/predictions HTTP/1.1\r\nhost: h\r\n\r\n").head,
        StartsWith("HTTP/1.1 401 "));
  }
}

TEST_F(SandboxTest, ReadsChunkedBodies) {
  RawClient client(port());
  const std::string body = kEcho;
  const auto response = client.Call(absl::StrCat(
      "POST /v1/predictions HTTP/1.1\r\nhost: h\r\n"
      "authorization: Bearer t\r\ntransfer-encoding: chunked\r\n\r\n",
      absl::Hex(10), "\r\n", body.substr(0, 10), "\r\n",
      absl::Hex(body.size() - 10), "\r\n", body.substr(10), "\r\n0\r\n\r\n"));
  EXPECT_THAT(response.body, HasSubstr(R"("input":{"n": 1.0})"));
  EXPECT_THAT(client.Call(Get("/v1/predictions")).head,
              StartsWith("HTTP/1.1 200"));
}

TEST_F(SandboxTest, SendsContinueOnExpect) {
  RawClient client(port());
  const std::string request =
      Post("/v1/predictions", kEcho, "expect: 100-continue\r\n");
  const size_t body = request.find("\r\n\r\n") + 4;
  EXPECT_THAT(client.Call(request.substr(0, body)).head,
              StartsWith("HTTP/1.1 100 Continue"));
  EXPECT_THAT(client.Call(request.substr(body)).head,
              StartsWith("HTTP/1.1 202"));
}

TEST_F(SandboxTest, RejectsOversizedBodiesUnread) {
  options_.max_body_bytes = 100;
  for (const char* framing : {"content-length: 101\r\n\r\n",
                              "transfer-encoding: chunked\r\n\r\n100\r\n"}) {
    RawClient client(port());
    client.Send(
        absl::StrCat("POST /v1/predictions HTTP/1.1\r\nhost: h\r\n"
                     "authorization: Bearer t\r\n",
                     framing, std::string(101, 'x')));
    const auto response = client.Read();
    EXPECT_THAT(response.head, AllOf(StartsWith("HTTP/1.1 413 "),
                                     HasSubstr("connection: close\r\n")));
    EXPECT_EQ(response.body, R"({"detail":"Request body too large"})");
  }
}

TEST_F(SandboxTest, DecodesPathsOnce) {
  RawClient client(port());
  const auto response = client.Call(
      Post("/v1/models/wriftai/%65cho/predictions", R"({"input":1})"));
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 202 "));
  EXPECT_THAT(client
                  .Call(Post("/v1/models/wriftai/%2565cho/predictions",
                             R"({"input":1})"))
                  .head,
              StartsWith("HTTP/1.1 404 "));
}

TEST_F(SandboxTest, SendsRequestIdForMalformedRequest) {
  RawClient client(port());
  const auto response = client.Call("nonsense\r\n\r\n");
  EXPECT_THAT(response.head,
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("x-request-id: "),
                    HasSubstr("connection: close\r\n")));
}

TEST_F(SandboxTest, SendsLargeOutputs) {
  RawClient client(port());
  const std::string body =
      R"({"model":"wriftai/large","input":{"sandbox":
          {"id":"c12258c4-ed83-4d7b-a784-8ed55412325a"}}})";
  client.Call(Post("/v1/predictions", body));
  clock_.Advance(absl::Seconds(2));
  const auto response =
      client.Call(Get("/v1/predictions/c12258c4-ed83-4d7b-a784-8ed55412325a"));
  EXPECT_GT(response.body.size(), size_t{4} << 20);
  EXPECT_THAT(response.body, HasSubstr("привет 🎈"));
  EXPECT_THAT(response.body, testing::EndsWith("\"error\":null}"));
}

TEST_F(SandboxTest, CutsBody) {
  Fault fault;
  fault.cut_body = true;
  AddFault(fault);
  RawClient client(port());
  const auto response = client.Call(Get("/v1/predictions"));
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(response.body, StartsWith("{\"items\":"));
  EXPECT_EQ(response.body.find("previous_url"), std::string::npos);
  EXPECT_TRUE(client.Closed());
}

TEST_F(SandboxTest, ClosesWithoutResponseAfterProcessing) {
  Fault fault;
  fault.close_after_processing = true;
  AddFault(fault);
  RawClient client(port());
  client.Send(Post("/v1/predictions", kEcho));
  EXPECT_TRUE(client.Closed());
  EXPECT_EQ(sandbox().traffic().predictions_created, 1);
}

TEST_F(SandboxTest, SendsHugeBodyOfAnnouncedSize) {
  Fault fault;
  fault.huge_body = 3000001;
  AddFault(fault);
  RawClient client(port());
  const auto response = client.Call(Get("/v1/predictions"));
  EXPECT_EQ(response.body.size(), 3000001u);
  EXPECT_THAT(response.body,
              AllOf(StartsWith("{\"output\":\"x"), testing::EndsWith("x\"}")));
}

TEST_F(SandboxTest, SendsHeldResponseWhenRunEnds) {
  RawClient client(port());
  client.Send(Post("/v1/predictions", kEcho, "prefer: wait=30\r\n"));
  clock_.AwaitWaiters(2);
  clock_.Advance(absl::Milliseconds(100));
  EXPECT_THAT(client.Read().body, HasSubstr(R"("output":{"n": 1.0})"));
}

TEST_F(SandboxTest, StopsDespiteHeldResponsesAndIdleConnections) {
  RawClient idle(port());
  idle.Call(Get("/v1/predictions"));
  RawClient half(port());
  half.Send("POST /v1/predictions HTTP/1.1\r\ncontent-length: 9\r\n\r\n{");
  RawClient held(port());
  held.Send(Post("/v1/predictions", kSlow, "prefer: wait=60\r\n"));
  clock_.AwaitWaiters(2);
  const absl::Time start = absl::Now();
  sandbox_.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  EXPECT_TRUE(idle.Closed());
}

class SandboxWebhookTest : public SandboxTest {
 protected:
  void Create(const std::string& url, const std::string& secret) {
    RawClient client(port());
    client.Call(Post(
        "/v1/predictions",
        absl::StrCat(R"({"model":"wriftai/echo","input":[1.0],"webhook":{)",
                     R"("url":")", url, R"(","secret":)", secret, "}}")));
  }
  // Returns the body of request `index`.
  static std::string Body(const std::vector<std::string>& requests,
                          size_t index) {
    return requests[index].substr(requests[index].find("\r\n\r\n") + 4);
  }

  RawHttpServer receiver_{
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", ""))};
};

TEST_F(SandboxWebhookTest, DeliversEveryStatus) {
  Create(receiver_.Url("/hook"), "null");
  ASSERT_TRUE(receiver_.WaitForRequests(1));
  clock_.Advance(absl::Milliseconds(50));
  ASSERT_TRUE(receiver_.WaitForRequests(2));
  clock_.Advance(absl::Milliseconds(50));
  ASSERT_TRUE(receiver_.WaitForRequests(3));
  const auto requests = receiver_.requests();
  EXPECT_THAT(requests[0], StartsWith("POST /hook HTTP/1.1\r\n"));
  EXPECT_THAT(Body(requests, 0), HasSubstr(R"("status":"pending")"));
  EXPECT_THAT(Body(requests, 1), HasSubstr(R"("status":"started")"));
  EXPECT_THAT(Body(requests, 2), AllOf(HasSubstr(R"("status":"succeeded")"),
                                       HasSubstr(R"("output":[1.0])")));
  EXPECT_THAT(requests[0],
              testing::Not(HasSubstr("wriftai-webhook-signature")));
}

TEST_F(SandboxWebhookTest, SignsBodyAsSent) {
  Create(receiver_.Url("/hook"), "\"s\"");
  ASSERT_TRUE(receiver_.WaitForRequests(1));
  const auto requests = receiver_.requests();
  EXPECT_THAT(requests[0],
              HasSubstr(absl::StrCat(
                  "wriftai-webhook-signature: ",
                  SignWebhook(Secret("s"), absl::FromUnixSeconds(1000),
                              Body(requests, 0)),
                  "\r\n")));
}

TEST_F(SandboxWebhookTest, StopsDuringDelivery) {
  RawHttpServer silent([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForDisconnect();
  });
  Create(silent.Url("/"), "null");
  ASSERT_TRUE(silent.WaitForRequests(1));
  sandbox_.reset();
  EXPECT_TRUE(silent.WaitForDisconnects(1));
}

}  // namespace
}  // namespace wriftai::sandbox
