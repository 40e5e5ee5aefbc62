#include "service/admin/status_tables.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "service/admin/number_text.h"
#include "service/admin/status_charts.h"
#include "service/admin/status_findings.h"

namespace wriftai {
namespace {

void NumberCell(const std::string& text, HtmlWriter& html) {
  if (text == "0") {
    html.Markup("<td class=\"number zero\">0</td>");
  } else {
    html.Markup("<td class=\"number\">").Text(text).Markup("</td>");
  }
}

void CountCell(double count, HtmlWriter& html) {
  NumberCell(CountText(count), html);
}

void CodeCell(const std::string& text, HtmlWriter& html) {
  html.Markup("<td><code class=\"id\">").Text(text).Markup("</code></td>");
}

const char* UtilizationText(double utilization) {
  if (utilization >= kFullUtilization) return "full";
  if (utilization >= kBusyUtilization) return "busy";
  return utilization > 0 ? "low" : "idle";
}

void UtilizationCell(const status::Bucket& bucket, HtmlWriter& html) {
  const double utilization = Utilization(bucket);
  html.Markup("<td class=\"tight\">")
      .Text(absl::StrCat(RateText(bucket.sent_per_second()), " of ",
                         RateText(bucket.allowed_per_second()), "/s"));
  DrawGauge(utilization, html);
  html.Markup("<span class=\"soft\">").Text(UtilizationText(utilization));
  if (AvailableRate(bucket) < bucket.allowed_per_second()) {
    html.Text(absl::StrCat(
        ", ", RateText(bucket.allowed_per_second() - AvailableRate(bucket)),
        " reserved for others"));
  }
  html.Markup("</span></td>");
}

void WriteCredential(const status::Credential& credential, double interval,
                     HtmlWriter& html) {
  const status::Bucket& reads = credential.reads();
  const status::Bucket& creates = credential.creates();
  html.Markup("<tr><th scope=\"row\"><code>")
      .Text(credential.name())
      .Markup("</code>");
  if (credential.polls_fail()) {
    html.Markup("<br><span class=\"badge problem\">polls failing</span>");
  }
  html.Markup("</th>");
  UtilizationCell(reads, html);
  html.Markup("<td>");
  Draw({"Reads per second", credential.history().reads_per_second(), interval,
        reads.allowed_per_second()},
       html);
  html.Markup("</td>");
  UtilizationCell(creates, html);
  html.Markup("<td class=\"tight\">")
      .Text(absl::StrCat(
          CountText(credential.waiters()), " on ",
          CountText(credential.predictions(), "prediction", "predictions")));
  Draw({"Waits", credential.history().waiters(), interval, std::nullopt}, html);
  html.Markup("</td>");
  NumberCell(credential.predictions() == 0
                 ? "–"
                 : SecondsText(credential.oldest_state_seconds()),
             html);
  CountCell(reads.queued_calls() + creates.queued_calls(), html);
  CountCell(reads.refused_calls_recent() + creates.refused_calls_recent(),
            html);
  CountCell(reads.limited_by_self_recent() + creates.limited_by_self_recent(),
            html);
  CountCell(
      reads.limited_by_others_recent() + creates.limited_by_others_recent(),
      html);
  html.Markup("</tr>");
}

std::string AgeText(const status::Watches& watches, int i) {
  if (i < watches.age_bounds_seconds_size()) {
    return absl::StrCat("under ", SecondsText(watches.age_bounds_seconds(i)));
  }
  if (i == 0) return "any age";
  return absl::StrCat(SecondsText(watches.age_bounds_seconds(i - 1)),
                      " or more");
}

}  // namespace

void WriteCredentials(const status::Report& report, HtmlWriter& html) {
  html.Markup(
      "<section><h2>Budgets</h2><p class=\"help\">One row per access token, "
      "named by the start of its SHA-256. “gateway” is the gateway's own "
      "token. Rates cover the last 30 s; charts and counts, the last 10 min. "
      "The dashed line is the rate WriftAI allows. Queued and refused are "
      "calls. 429s are counted by cause: this gateway alone, or other users of "
      "the token as well.</p>");
  if (report.credentials().empty()) {
    html.Markup("<p>No token has been used in the last 10 minutes.</p>");
  } else {
    html.Markup(
        "<div class=\"scroll\" id=\"budgets\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"Budgets\"><table><thead><tr><th scope=\"col\">Token</th>"
        "<th scope=\"col\">Reads</th><th scope=\"col\">10 min</th>"
        "<th scope=\"col\">Creates</th><th scope=\"col\">Waits</th>"
        "<th scope=\"col\" class=\"number\">Oldest state</th>"
        "<th scope=\"col\" class=\"number\">Queued</th>"
        "<th scope=\"col\" class=\"number\">Refused</th>"
        "<th scope=\"col\" class=\"number\">429, self</th>"
        "<th scope=\"col\" class=\"number\">429, others</th>"
        "</tr></thead><tbody>");
    for (const status::Credential& credential : report.credentials()) {
      WriteCredential(credential, report.history().interval_seconds(), html);
    }
    html.Markup("</tbody></table></div>");
  }
  html.Markup("</section>");
}

void WriteWatches(const status::Report& report, HtmlWriter& html) {
  const status::Watches& watches = report.watches();
  html.Markup(
      "<section><h2>Watched predictions</h2><p class=\"help\">By last known "
      "state and by how long they have been watched.</p>"
      "<div class=\"scroll\" id=\"watches\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Watched predictions\"><table><thead><tr>"
      "<th scope=\"col\">State</th>");
  for (int i = 0; i <= watches.age_bounds_seconds_size(); ++i) {
    html.Markup("<th scope=\"col\" class=\"number\">")
        .Text(AgeText(watches, i))
        .Markup("</th>");
  }
  html.Markup(
      "<th scope=\"col\" class=\"number\">Waits</th>"
      "<th scope=\"col\" class=\"number\">Oldest state</th></tr></thead>"
      "<tbody>");
  for (const status::WatchGroup& group : watches.groups()) {
    html.Markup("<tr><th scope=\"row\">").Text(group.state()).Markup("</th>");
    for (const double count : group.predictions()) CountCell(count, html);
    CountCell(group.waiters(), html);
    NumberCell(group.oldest_state_seconds() == 0
                   ? "–"
                   : SecondsText(group.oldest_state_seconds()),
               html);
    html.Markup("</tr>");
  }
  html.Markup("</tbody></table></div><p class=\"help\">")
      .Text(absl::StrCat(
          "Last poll failed: ", CountText(watches.failing()),
          ". Webhooks active: ", CountText(watches.covered_by_webhooks()), "."))
      .Markup("</p></section>");
}

void WriteStreams(const status::Report& report, HtmlWriter& html) {
  const status::Streams& streams = report.streams();
  html.Markup(
      "<section><h2>Slowest streams</h2><p class=\"help\">Streams with slow "
      "readers: a write has been blocked for 1 s or more, or updates were "
      "replaced by newer ones. They do not delay other streams.</p>");
  if (streams.slowest().empty()) {
    html.Markup("<p>No open stream is lagging.</p></section>");
    return;
  }
  html.Markup(
      "<div class=\"scroll\" id=\"streams\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Slowest streams\"><table><thead><tr>"
      "<th scope=\"col\">Prediction</th><th scope=\"col\">Token</th>"
      "<th scope=\"col\" class=\"number\">Write blocked</th>"
      "<th scope=\"col\" class=\"number\">Replaced</th>"
      "<th scope=\"col\" class=\"number\">Written</th>"
      "<th scope=\"col\" class=\"number\">Open for</th></tr></thead><tbody>");
  for (const status::Stream& stream : streams.slowest()) {
    html.Markup("<tr>");
    CodeCell(stream.prediction(), html);
    html.Markup("<td><code>").Text(stream.credential()).Markup("</code></td>");
    NumberCell(
        stream.write_seconds() == 0 ? "–" : SecondsText(stream.write_seconds()),
        html);
    CountCell(stream.conflated(), html);
    CountCell(stream.updates(), html);
    NumberCell(SecondsText(stream.age_seconds()), html);
    html.Markup("</tr>");
  }
  html.Markup("</tbody></table></div></section>");
}

void WriteErrors(const status::Report& report, HtmlWriter& html) {
  html.Markup(
      "<section><h2>Last errors</h2><p class=\"help\">Failed calls and polls, "
      "grouped. Each row shows the latest; the log has the others.</p>");
  if (report.errors().last().empty()) {
    html.Markup("<p>None since start.</p></section>");
    return;
  }
  html.Markup(
      "<div class=\"scroll\" id=\"errors\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Last errors\"><table><thead><tr>"
      "<th scope=\"col\" class=\"number\">Ago</th>"
      "<th scope=\"col\" class=\"number\">Count</th>"
      "<th scope=\"col\">Method</th><th scope=\"col\">Error</th>"
      "<th scope=\"col\">Token</th><th scope=\"col\">Request ID</th>"
      "<th scope=\"col\">WriftAI request ID</th></tr></thead><tbody>");
  for (const status::Error& error : report.errors().last()) {
    html.Markup("<tr><td class=\"number\"><time datetime=\"")
        .Text(google::protobuf::util::TimeUtil::ToString(error.time()))
        .Markup("\">")
        .Text(SecondsText(error.age_seconds()))
        .Markup("</time></td>");
    CountCell(error.count(), html);
    html.Markup("<td>").Text(error.method()).Markup("</td><td class=\"wide\">");
    html.Text(error.code());
    if (!error.reason().empty()) {
      html.Markup(" <code>").Text(error.reason()).Markup("</code>");
    }
    html.Markup("<br><span class=\"soft\">")
        .Text(error.message())
        .Markup("</span></td><td><code>")
        .Text(error.credential())
        .Markup("</code></td>");
    CodeCell(error.request_id(), html);
    CodeCell(error.upstream_request_id(), html);
    html.Markup("</tr>");
  }
  html.Markup("</tbody></table></div></section>");
}

}  // namespace wriftai
