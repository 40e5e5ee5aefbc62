#include "service/admin/status_page.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "service/admin/html_writer.h"
#include "service/admin/status_findings.h"
#include "service/admin/status_history.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kHostile[] = "</code><script>alert('1')</script>&\"";
constexpr char kEscaped[] =
    "&lt;/code&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;";

int CountOf(absl::string_view part, absl::string_view text) {
  int count = 0;
  for (size_t at = text.find(part); at != absl::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

void Fill(float value, google::protobuf::RepeatedField<float>* values) {
  for (size_t i = 0; i < StatusHistory::kMaxIntervals; ++i) values->Add(value);
}

// A report with data in each part, and `text` wherever text comes from outside.
status::Report Full(const std::string& text, int credentials) {
  status::Report report;
  report.set_version("1.2.3");
  report.set_commit("abcdef012345");
  report.set_phase("serving");
  report.mutable_upstream()->set_healthy(true);
  report.mutable_waits()->set_waiters(1204);
  report.mutable_history()->set_interval_seconds(5);
  Fill(3, report.mutable_history()->mutable_waiters());
  for (int i = 0; i < credentials; ++i) {
    status::Credential& credential = *report.add_credentials();
    credential.set_name(absl::StrFormat("%012d", i));
    credential.mutable_reads()->set_allowed_per_second(3);
    credential.mutable_reads()->set_own_per_second(3);
    credential.mutable_reads()->set_sent_per_second(2.9);
    Fill(2.9F, credential.mutable_history()->mutable_reads_per_second());
    Fill(1, credential.mutable_history()->mutable_waiters());
  }
  report.mutable_watches()->add_age_bounds_seconds(10);
  status::WatchGroup& group = *report.mutable_watches()->add_groups();
  group.set_state("pending");
  group.add_predictions(41);
  group.add_predictions(42);
  for (const double bound : {0.001, 1.0, 60.0}) {
    report.mutable_staleness()->add_bounds_seconds(bound);
  }
  for (const double count : {0.0, 20.0, 5.0, 1.0}) {
    report.mutable_staleness()->add_recent(count);
    report.mutable_staleness()->add_total(count);
  }
  report.mutable_staleness()->set_recent_p50_seconds(0.6);
  report.mutable_staleness()->set_recent_p99_seconds(60);
  status::Stream& stream = *report.mutable_streams()->add_slowest();
  stream.set_prediction(text);
  stream.set_write_seconds(34);
  status::Error& error = *report.mutable_errors()->add_last();
  error.set_method("Wait");
  error.set_code("UNAVAILABLE");
  error.set_reason(text);
  error.set_message(text);
  error.set_request_id(text);
  error.set_upstream_request_id(text);
  error.set_credential("aaa");
  *report.mutable_caller_mistakes()->add_last() = error;
  report.mutable_caller_mistakes()->mutable_last(0)->set_code("NOT_FOUND");
  status::Method& method = *report.add_methods();
  method.set_name("Get");
  method.set_per_second(12.5);
  method.set_ok_recent(731);
  method.set_failures_recent(7);
  method.set_recent_p50_seconds(0.021);
  method.set_recent_p99_seconds(0.87);
  report.add_methods()->set_name("List");  // Without recent calls.
  status::UpstreamOperation& operation = *report.add_upstream_operations();
  operation.set_name("get");
  operation.set_recent(640);
  status::UpstreamResultCount& result = *operation.add_results();
  result.set_result("503");
  result.set_recent(639);
  result.set_failure(true);
  report.mutable_process()->set_cpus(0.254);
  report.mutable_process()->set_resident_bytes(64 << 20);
  report.mutable_process()->set_open_fds(41);
  report.mutable_process()->set_max_fds(1024);
  AddFindings(report);
  return report;
}

TEST(HtmlWriterTest, EscapesTextBetweenTagsAndInAttributes) {
  HtmlWriter html;
  html.Markup("<a title=\"").Text(kHostile).Markup("\">").Text("1 < 2");
  EXPECT_EQ(html.Take(), absl::StrCat("<a title=\"", kEscaped, "\">1 &lt; 2"));
}

TEST(HtmlWriterTest, WritesNumbersWithTwoDecimals) {
  HtmlWriter html;
  html.Number(1.0 / 3).Markup(" ").Number(120);
  EXPECT_EQ(html.Take(), "0.33 120");
}

TEST(StatusPageTest, ShowsEachPartOfReport) {
  const std::string html = StatusPageHtml(Full("prediction-1", 2));
  for (const char* part :
       {"<title>Notice – WriftAI gateway</title>",
        "1.2.3",
        "abcdef012345",
        "1,204",
        "2.9 of 3/s",
        "full</span>",
        "pending",
        ">41<",
        ">42<",
        "prediction-1",
        "34 s",
        "UNAVAILABLE",
        "is the bottleneck",
        "p50 600 ms, p99 1 min; 26 in the last 10 min",
        "Reads per second in the last 10 min: 2.9 now, 2.9 max, 3 allowed",
        "1 ms to 1 s: 20, 77 %",
        "above 1 min: 1, 4 %",
        ">20</text>",
        ">12.5<",
        ">731<",
        "problem\">7<",
        ">21 ms<",
        ">870 ms<",
        "problem\">503: 639<",
        "0.25 processors",
        "64 MiB",
        "41 of 1,024",
        "Callers&#39; last mistakes",
        "NOT_FOUND",
        "href=\"/configz\""}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(StatusPageTest, EscapesHostileText) {
  const std::string html = StatusPageHtml(Full(kHostile, 1));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_EQ(CountOf(kEscaped, html), 9);
  EXPECT_EQ(CountOf("<script", html), 1);  // The page's own script.
}

TEST(StatusPageTest, EmptyReportIsComplete) {
  status::Report report;
  report.set_phase("starting");
  report.mutable_upstream()->set_healthy(true);
  AddFindings(report);
  const std::string html = StatusPageHtml(report);
  for (const char* part :
       {"No token has been used", "No open stream is lagging.",
        "None since start.", "None in the last 10 min", "Idle",
        "No prediction is watched.", "no history yet", "</html>"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf")));
}

TEST(StatusPageTest, LoadsNothingFromOtherHosts) {
  const std::string html = StatusPageHtml(Full("x", 1));
  EXPECT_THAT(html, Not(HasSubstr("https:")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_THAT(html, Not(HasSubstr("style=")));  // The policy would block it.
  EXPECT_THAT(StatusPagePolicy(),
              MatchesRegex("default-src 'none'; "
                           "style-src 'sha256-[^']{44}'; "
                           "script-src 'sha256-[^']{44}'; "
                           "connect-src 'self'; img-src data:; base-uri "
                           "'none'; form-action 'none'; frame-ancestors "
                           "'none'"));
}

TEST(StatusPageTest, RefreshesWithoutJavaScript) {
  EXPECT_THAT(StatusPageHtml(Full("x", 1)),
              HasSubstr("<noscript><meta http-equiv=\"refresh\" "
                        "content=\"5\"></noscript>"));
}

TEST(StatusPageTest, ShowsAllCredentialsWithinOneMegabyte) {
  // A hundred, and the sum of the others.
  const std::string html = StatusPageHtml(Full("x", 101));
  for (int i = 0; i < 101; ++i) {
    EXPECT_EQ(CountOf(absl::StrFormat("<code>%012d</code>", i), html), 1);
  }
  EXPECT_LT(html.size(), 1'000'000u);
  EXPECT_LT(StatusPageJson(Full("x", 101)).size(), 1'000'000u);
}

TEST(StatusPageTest, JsonRoundTrips) {
  const status::Report report = Full(kHostile, 2);
  const std::string json = StatusPageJson(report);
  status::Report read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read, report));
  EXPECT_THAT(json, HasSubstr("\"waiters\": 1204"));
  EXPECT_THAT(json, HasSubstr("\"uptime_seconds\": 0"));  // Includes zeros.
  EXPECT_THAT(json, Not(HasSubstr("<script>")));
}

TEST(StatusPageTest, HidesEmptyRows) {
  status::Report report = Full("x", 1);
  status::WatchGroup& group = *report.mutable_watches()->add_groups();
  group.set_state("ended");
  group.add_predictions(0);
  group.add_predictions(0);
  const std::string html = StatusPageHtml(report);
  EXPECT_THAT(html, HasSubstr(">pending<"));
  EXPECT_THAT(html, Not(HasSubstr(">ended<")));
  EXPECT_THAT(html, HasSubstr(">Get<"));
  EXPECT_THAT(html, Not(HasSubstr(">List<")));
  EXPECT_THAT(html, Not(HasSubstr("New states from webhooks")));
}

TEST(StatusPageTest, CauseAndFailuresComeFirstInTrouble) {
  status::Report report = Full("x", 1);
  const auto before = [&](const std::string& one, const std::string& other) {
    const std::string html = StatusPageHtml(report);
    return html.find(one) < html.find(other);
  };
  EXPECT_TRUE(before("<h2>Budgets</h2>", "<h2>Last failures</h2>"));
  report.clear_findings();
  report.mutable_upstream()->set_healthy(false);
  report.mutable_upstream()->set_last_failure("HTTP 503");
  AddFindings(report);
  EXPECT_TRUE(before("failing for 0 s, last with HTTP 503", "id=\"summary\""));
  EXPECT_TRUE(before("id=\"summary\"", "<h2>Last failures</h2>"));
  EXPECT_TRUE(before("<h2>Last failures</h2>", "<h2>Calls</h2>"));
}

TEST(StatusPageTest, EachCellNamesItsColumn) {
  const std::string html = StatusPageHtml(Full("x", 3));
  EXPECT_EQ(CountOf("<td", html), CountOf("<td data-name=\"", html));
  EXPECT_GT(CountOf("<td", html), 60);
}

}  // namespace
}  // namespace wriftai
