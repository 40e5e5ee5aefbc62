#include "service/operator/operator_pages.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/engine.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"
#include "upstream/core/run_on_loop.h"
#include "upstream/http/curl_loop.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// How long a page waits for a loop that does not run.
constexpr absl::Duration kShort = absl::Milliseconds(1);

// The pages over real sockets.
class Operator {
 public:
  Operator(Scheduler& loop, std::vector<OperatorPages::Source> sources,
           absl::Duration patience)
      : pages_(loop, std::move(sources), patience),
        server_(*OperatorServer::Start("127.0.0.1:0", pages_.pages())) {}

  OperatorPages& pages() { return pages_; }

  RawClient::Reply Get(absl::string_view path) {
    return RawClient(server_->port()).Call(wriftai::Get(path));
  }

  // Status and body.
  std::string Ask(absl::string_view path) {
    const RawClient::Reply reply = Get(path);
    return absl::StrCat(reply.head.substr(9, 3), " ", reply.body);
  }

 private:
  OperatorPages pages_;
  std::unique_ptr<OperatorServer> server_;
};

OperatorPages::Source Gauge(const std::string& name, double value) {
  return [=] {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = "Help.";
    family.type = prometheus::MetricType::Gauge;
    family.metric.emplace_back().gauge.value = value;
    return std::vector<prometheus::MetricFamily>{family};
  };
}

// Far longer than a loop needs to answer, and no test waits for it.
constexpr absl::Duration kLong = absl::Minutes(1);

TEST(OperatorPages, ReadinessFollowsStartAndDrainAndHealthDoesNot) {
  CurlLoop loop{HttpOptions()};
  Operator asked(loop, {}, kLong);
  EXPECT_EQ(asked.Ask("/readyz"), "503 starting\n");
  EXPECT_EQ(asked.Ask("/healthz"), "200 ok\n");
  asked.pages().SetPhase(OperatorPages::Phase::kServing);
  EXPECT_EQ(asked.Ask("/readyz"), "200 ok\n");
  EXPECT_EQ(asked.Ask("/healthz"), "200 ok\n");
  asked.pages().SetPhase(OperatorPages::Phase::kDraining);
  EXPECT_EQ(asked.Ask("/readyz"), "503 draining\n");
  EXPECT_EQ(asked.Ask("/healthz"), "200 ok\n");
  EXPECT_THAT(asked.Ask("/metrics"), StartsWith("200 "));
}

TEST(OperatorPages, ALoopThatHangsIsNeitherHealthyNorReady) {
  ManualScheduler loop;
  Operator asked(loop, {Gauge("a", 1)}, kShort);
  asked.pages().SetPhase(OperatorPages::Phase::kServing);
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    EXPECT_EQ(asked.Ask(path), "503 the loop does not answer\n") << path;
  }
}

TEST(OperatorPages, MetricsAreThoseOfAllSources) {
  CurlLoop loop{HttpOptions()};
  Operator asked(loop, {Gauge("a", 1), Gauge("b", 2.5)}, kLong);
  const RawClient::Reply reply = asked.Get("/metrics");
  EXPECT_THAT(reply.head, HasSubstr("content-type: text/plain; version=0.0.4; "
                                    "charset=utf-8\r\n"));
  EXPECT_EQ(reply.body,
            "# HELP a Help.\n# TYPE a gauge\na 1\n"
            "# HELP b Help.\n# TYPE b gauge\nb 2.5\n");
}

TEST(OperatorPages, MetricsWithoutOneOfTheSourcesAreNone) {
  CurlLoop loop{HttpOptions()};
  Operator asked(
      loop, {Gauge("a", 1), [] { return absl::UnavailableError("not now"); }},
      kLong);
  EXPECT_EQ(asked.Ask("/metrics"), "503 not now\n");
}

TEST(LoopProbe, PostsOnceHoweverOftenItIsAskedMeanwhile) {
  // Counts what is posted, and runs nothing.
  class Hanging : public ManualScheduler {
   public:
    void Post(Task task) override {
      ++posted;
      ManualScheduler::Post(std::move(task));
    }
    int posted = 0;
  };
  Hanging loop;
  LoopProbe probe(loop);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(probe.Answers(kShort));
  EXPECT_EQ(loop.posted, 1);
  loop.RunPosted();
  // The answer to the last question is none to this one.
  EXPECT_FALSE(probe.Answers(kShort));
  EXPECT_EQ(loop.posted, 2);
}

// An engine whose upstream is never called.
class NoTransport : public HttpTransport {
 public:
  CallHandle Send(HttpRequest request, Done done) override { return nullptr; }
};

TEST(EngineMetrics, AreTakenOnTheLoop) {
  CurlLoop loop{HttpOptions()};
  NoTransport transport;
  auto engine = std::make_unique<Engine>(
      Config(), *OwnCredential::Open(Secret("own"), "", loop), loop, transport,
      1);
  const auto credential = std::make_shared<const Credential>(Secret("token"));
  RunOnLoop(loop, [&] {
    const auto budget = engine->budgets().For(credential);
    EXPECT_TRUE(budget->reads.TryAdmit().has_value());
  });
  {
    Operator asked(loop, {EngineMetrics(loop, *engine, kLong)}, kLong);
    const std::string body = asked.Get("/metrics").body;
    EXPECT_THAT(body, HasSubstr(absl::StrCat(
                          "wriftai_gateway_upstream_requests_total{credential="
                          "\"",
                          credential->display_name(),
                          "\",bucket=\"read\",purpose=\"call\"} 1\n")));
    EXPECT_THAT(body, HasSubstr("\nwriftai_gateway_waiters 0\n"));
  }
  RunOnLoop(loop, [&] { engine.reset(); });
}

TEST(EngineMetrics, OfALoopThatHangsAreNoneAndItMayAnswerLate) {
  ManualScheduler loop;
  NoTransport transport;
  Engine engine(Config(), *OwnCredential::Open(Secret("own"), "", loop), loop,
                transport, 1);
  const OperatorPages::Source source = EngineMetrics(loop, engine, kShort);
  EXPECT_THAT(source(), StatusIs(absl::StatusCode::kUnavailable,
                                 "the loop does not answer"));
  loop.RunPosted();
}

}  // namespace
}  // namespace wriftai
