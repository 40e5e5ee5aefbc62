#include "service/admin/admin_pages.h"

#include <atomic>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/run_on_loop.h"
#include "base/version.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "service/engine/engine.h"
#include "service/logging/logging.h"
#include "spdlog/spdlog.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// How long a page waits for a loop that is stalled.
constexpr absl::Duration kShort = absl::Milliseconds(1);

// Serves the pages over real sockets.
class AdminHarness {
 public:
  AdminHarness(EventLoop& loop, std::vector<AdminPages::Source> sources,
               absl::Duration loop_timeout)
      : pages_(loop, std::move(sources), OptionsWith(loop_timeout)) {
    server_ = *AdminServer::Start("127.0.0.1:0", pages_.pages(),
                                  AdminServer::Options(), counters_);
  }

  ~AdminHarness() { spdlog::set_default_logger(default_logger_); }

  void set_status(absl::StatusOr<AdminPages::StatusReport> status) {
    status_ = std::move(status);
  }

  AdminPages& pages() { return pages_; }

  RawClient::Response Get(absl::string_view path) {
    return RawClient(server_->port()).Call(wriftai::Get(path));
  }

  // `headers`: each with its line break.
  std::string Put(absl::string_view target, absl::string_view headers = "") {
    const RawClient::Response response =
        RawClient(server_->port())
            .Call(absl::StrCat("PUT ", target, " HTTP/1.1\r\nhost: h\r\n",
                               headers, "\r\n"));
    return absl::StrCat(response.head.substr(9, 3), " ", response.body);
  }

  int level_changes() const { return level_changes_; }

  // Returns status and body.
  std::string GetText(absl::string_view path) {
    const RawClient::Response response = Get(path);
    return absl::StrCat(response.head.substr(9, 3), " ", response.body);
  }

 private:
  AdminPages::Options OptionsWith(absl::Duration loop_timeout) {
    AdminPages::Options options;
    options.status = [this] { return status_; };
    options.loop_timeout = loop_timeout;
    options.settings = {{"--log_level", "info", true, "info", "default"}};
    options.logging = &logging_;
    options.on_log_level = [this] { ++level_changes_; };
    return options;
  }

  absl::StatusOr<AdminPages::StatusReport> status_ =
      std::make_shared<const status::Report>();
  // Logging sets the default one.
  const std::shared_ptr<spdlog::logger> default_logger_ =
      spdlog::default_logger();
  Logging logging_{LogOptions()};
  std::atomic<int> level_changes_{0};
  AdminPages pages_;
  ListenerCounters counters_;
  std::unique_ptr<AdminServer> server_;
};

AdminPages::Source Gauge(const std::string& name, double value) {
  return [=] {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = "Help.";
    family.type = prometheus::MetricType::Gauge;
    family.metric.emplace_back().gauge.value = value;
    return std::vector<prometheus::MetricFamily>{family};
  };
}

// Far longer than a loop needs to respond; no test waits this long.
constexpr absl::Duration kLong = absl::Minutes(1);

TEST(AdminPagesTest, ReadinessButNotHealthFollowsPhase) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(loop, {}, kLong);
  EXPECT_EQ(admin.GetText("/readyz"), "503 starting\n");
  EXPECT_EQ(admin.GetText("/healthz"), "200 ok\n");
  admin.pages().SetPhase(AdminPages::Phase::kServing);
  EXPECT_EQ(admin.GetText("/readyz"), "200 ok\n");
  EXPECT_EQ(admin.GetText("/healthz"), "200 ok\n");
  admin.pages().SetPhase(AdminPages::Phase::kDraining);
  EXPECT_EQ(admin.GetText("/readyz"), "503 draining\n");
  EXPECT_EQ(admin.GetText("/healthz"), "200 ok\n");
  EXPECT_THAT(admin.GetText("/metrics"), StartsWith("200 "));
}

TEST(AdminPagesTest, StalledLoopFailsAllPages) {
  ManualEventLoop loop;
  AdminHarness admin(loop, {Gauge("a", 1)}, kShort);
  admin.pages().SetPhase(AdminPages::Phase::kServing);
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/statusz"}) {
    EXPECT_EQ(admin.GetText(path), "503 the event loop is not responding\n")
        << path;
  }
}

TEST(AdminPagesTest, LogLevelChangesByPut) {
  ManualEventLoop loop;
  AdminHarness admin(loop, {}, kShort);
  EXPECT_EQ(admin.GetText("/log_level"), "200 info\n");
  EXPECT_EQ(admin.Put("/log_level?level=debug"), "200 debug\n");
  EXPECT_EQ(admin.GetText("/log_level"), "200 debug\n");
  EXPECT_EQ(admin.level_changes(), 1);
  EXPECT_THAT(
      admin.GetText("/configz"),
      HasSubstr("\n--log_level=debug  # set by PUT /log_level; default: "
                "info\n"));
  for (const char* const target : {"/log_level", "/log_level?",
                                   "/log_level?level=", "/log_level?level=loud",
                                   "/log_level?Level=info"}) {
    EXPECT_EQ(admin.Put(target),
              "400 level: expected debug, info, warning or error, as in PUT "
              "/log_level?level=debug\n")
        << target;
  }
  EXPECT_EQ(admin.Put("/healthz"), "405 expected GET or HEAD\n");
  EXPECT_EQ(admin.level_changes(), 1);
}

// A name that resolves to this address makes the page's PUT one to its own
// site, so the browser asks nobody.
TEST(AdminPagesTest, LogLevelIsNotChangedByWebPage) {
  ManualEventLoop loop;
  AdminHarness admin(loop, {}, kShort);
  for (const char* const header :
       {"origin: http://evil.example:20051\r\n", "Origin: null\r\n"}) {
    EXPECT_EQ(admin.Put("/log_level?level=debug", header),
              "403 PUT is not for web pages: send it without origin\n")
        << header;
  }
  EXPECT_EQ(admin.GetText("/log_level"), "200 info\n");
  EXPECT_EQ(admin.level_changes(), 0);
}

TEST(AdminPagesTest, SettingsAreShownAsText) {
  ManualEventLoop loop;
  AdminHarness admin(loop, {}, kShort);
  EXPECT_THAT(admin.GetText("/configz"),
              HasSubstr("\n--log_level=info  # default\n"));
}

TEST(AdminPagesTest, MetricsCombineAllSources) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(loop, {Gauge("a", 1), Gauge("b", 2.5)}, kLong);
  const RawClient::Response response = admin.Get("/metrics");
  EXPECT_THAT(response.head,
              HasSubstr("content-type: text/plain; version=0.0.4; "
                        "charset=utf-8\r\n"));
  EXPECT_EQ(response.body,
            "# HELP a Help.\n# TYPE a gauge\na 1\n"
            "# HELP b Help.\n# TYPE b gauge\nb 2.5\n");
}

TEST(AdminPagesTest, MetricsFailIfOneSourceFails) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(
      loop, {Gauge("a", 1), [] { return absl::UnavailableError("not now"); }},
      kLong);
  EXPECT_EQ(admin.GetText("/metrics"), "503 not now\n");
}

TEST(AdminPagesTest, StatusPageHasRestrictiveSecurityHeaders) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(loop, {}, kLong);
  const RawClient::Response response = admin.Get("/statusz");
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response.head,
              HasSubstr("content-type: text/html; charset=utf-8"));
  EXPECT_THAT(response.head,
              HasSubstr("content-security-policy: default-src 'none'; "));
  EXPECT_THAT(response.head, HasSubstr("x-content-type-options: nosniff\r\n"));
  EXPECT_THAT(response.body, StartsWith("<!doctype html>"));
}

TEST(AdminPagesTest, StatusJsonDescribesProcess) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(loop, {}, kLong);
  admin.pages().SetPhase(AdminPages::Phase::kDraining);
  const RawClient::Response response = admin.Get("/statusz?format=json");
  EXPECT_THAT(response.head, HasSubstr("content-type: application/json\r\n"));
  status::Report report;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(response.body, &report).ok());
  EXPECT_EQ(report.phase(), "draining");
  EXPECT_EQ(report.version(), Version());
  EXPECT_EQ(report.commit(), Commit());
  EXPECT_GT(report.uptime_seconds(), 0);
  EXPECT_GT(report.loop_delay_seconds(), 0);
  EXPECT_GE(report.observed_at().seconds(), report.started_at().seconds());
  // The report does not say that WriftAI is healthy.
  EXPECT_EQ(report.level(), status::LEVEL_PROBLEM);
}

TEST(AdminPagesTest, StatusSupportsHtmlAndJson) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(loop, {}, kLong);
  for (const char* query : {"", "?", "?format=html", "?a=b&format=html"}) {
    EXPECT_THAT(admin.GetText(absl::StrCat("/statusz", query)),
                StartsWith("200 <!doctype html>"))
        << query;
  }
  EXPECT_EQ(admin.GetText("/statusz?format=xml"),
            "400 format: expected html or json\n");
}

TEST(AdminPagesTest, StatusFailsIfSourceFails) {
  CurlEventLoop loop{HttpOptions()};
  AdminHarness admin(loop, {}, kLong);
  admin.set_status(absl::UnavailableError("not now"));
  EXPECT_EQ(admin.GetText("/statusz"), "503 not now\n");
}

TEST(LoopWatchdogTest, ConcurrentChecksPostOneTask) {
  // Counts posted tasks without running them.
  class StalledLoop : public ManualEventLoop {
   public:
    void Post(Task task) override {
      ++posted;
      ManualEventLoop::Post(std::move(task));
    }
    int posted = 0;
  };
  StalledLoop loop;
  LoopWatchdog watchdog(loop);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(watchdog.IsResponsive(kShort));
  EXPECT_EQ(loop.posted, 1);
  loop.RunPosted();
  // The response to an earlier check does not count for this one.
  EXPECT_FALSE(watchdog.IsResponsive(kShort));
  EXPECT_EQ(loop.posted, 2);
}

// The transport of an engine that never calls the upstream.
class NoTransport : public HttpTransport {
 public:
  CallHandle Send(HttpRequest request, Done done) override { return nullptr; }
  void RetireConnections(absl::string_view scope) override {}
};

TEST(EngineMetricsTest, CollectsOnLoop) {
  CurlEventLoop loop{HttpOptions()};
  NoTransport transport;
  auto engine = std::make_unique<Engine>(
      EngineOptions(), *GatewayCredential::Open(Secret("own"), "", loop), loop,
      transport, 1);
  const auto credential = std::make_shared<const Credential>(Secret("token"));
  CallHandle call;
  RunOnLoop(loop, [&] {
    auto context = engine->ContextFor({credential, absl::InfiniteFuture()});
    call = engine->List(*std::move(context), {}, [](const auto&) {});
  });
  {
    AdminHarness admin(loop, {EngineMetrics(loop, *engine, kLong)}, kLong);
    const std::string body = admin.Get("/metrics").body;
    EXPECT_THAT(body, HasSubstr(absl::StrCat(
                          "wriftai_gateway_upstream_requests_total{credential="
                          "\"",
                          credential->display_name(),
                          "\",bucket=\"read\",purpose=\"call\"} 1\n")));
    EXPECT_THAT(body, HasSubstr("\nwriftai_gateway_waiters 0\n"));
  }
  RunOnLoop(loop, [&] {
    call.reset();
    engine.reset();
  });
}

TEST(EngineMetricsTest, FailsOnStalledLoopThatRespondsLater) {
  ManualEventLoop loop;
  NoTransport transport;
  Engine engine(EngineOptions(),
                *GatewayCredential::Open(Secret("own"), "", loop), loop,
                transport, 1);
  const AdminPages::Source source = EngineMetrics(loop, engine, kShort);
  EXPECT_THAT(source(), StatusIs(absl::StatusCode::kUnavailable,
                                 "the event loop is not responding"));
  loop.RunPosted();
}

}  // namespace
}  // namespace wriftai
