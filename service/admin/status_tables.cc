#include "service/admin/status_tables.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/admin/number_text.h"
#include "service/admin/status_charts.h"
#include "service/admin/status_findings.h"
#include "service/admin/table_writer.h"

namespace wriftai {
namespace {

const char* UtilizationText(double utilization) {
  if (utilization >= kFullUtilization) return "full";
  if (utilization >= kBusyUtilization) return "busy";
  return utilization > 0 ? "low" : "idle";
}

void UtilizationCell(const status::Bucket& bucket, TableWriter& table) {
  const double utilization = Utilization(bucket);
  HtmlWriter& html = table.Begin();
  html.Markup("<span class=\"tight\">")
      .Text(absl::StrCat(RateText(bucket.sent_per_second()), " of ",
                         RateText(bucket.allowed_per_second()), "/s"));
  DrawGauge(utilization, html);
  html.Markup("<span class=\"soft\">").Text(UtilizationText(utilization));
  if (AvailableRate(bucket) < bucket.allowed_per_second()) {
    html.Text(absl::StrCat(
        ", ", RateText(bucket.allowed_per_second() - AvailableRate(bucket)),
        " reserved for others"));
  }
  html.Markup("</span></span>");
  table.End();
}

void WriteCredential(const status::Credential& credential, double interval,
                     TableWriter& table) {
  const status::Bucket& reads = credential.reads();
  const status::Bucket& creates = credential.creates();
  HtmlWriter& name = table.Row().Begin();
  name.Markup("<code>").Text(credential.name()).Markup("</code>");
  if (credential.polls_fail()) {
    name.Markup(" <span class=\"badge problem\">polls failing</span>");
  }
  table.End();
  UtilizationCell(reads, table);
  Draw({"Reads per second", credential.history().reads_per_second(), interval,
        reads.allowed_per_second()},
       table.Begin());
  table.End();
  UtilizationCell(creates, table);
  HtmlWriter& waits = table.Begin();
  waits.Markup("<span class=\"tight\">")
      .Text(absl::StrCat(
          CountText(credential.waiters()), " on ",
          CountText(credential.predictions(), "prediction", "predictions")));
  Draw({"Waits", credential.history().waiters(), interval, std::nullopt},
       waits);
  waits.Markup("</span>");
  table.End()
      .Number(credential.predictions() == 0
                  ? "–"
                  : SecondsText(credential.oldest_state_seconds()))
      .Count(reads.queued_calls() + creates.queued_calls())
      .Count(reads.refused_calls_recent() + creates.refused_calls_recent())
      .Count(reads.limited_by_self_recent() + creates.limited_by_self_recent())
      .Count(reads.limited_by_others_recent() +
             creates.limited_by_others_recent());
}

// Whether a prediction is in that state.
bool IsEmpty(const status::WatchGroup& group) {
  return std::all_of(group.predictions().begin(), group.predictions().end(),
                     [](double count) { return count == 0; });
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
    TableWriter table("budgets", "Budgets",
                      {{"Token"},
                       {"Reads"},
                       {"Reads in 10 min"},
                       {"Creates"},
                       {"Waits"},
                       {"Oldest state", true},
                       {"Queued", true},
                       {"Refused", true},
                       {"429, self", true},
                       {"429, others", true}},
                      html);
    for (const status::Credential& credential : report.credentials()) {
      WriteCredential(credential, report.history().interval_seconds(), table);
    }
  }
  html.Markup("</section>");
}

void WriteWatches(const status::Report& report, HtmlWriter& html) {
  const status::Watches& watches = report.watches();
  html.Markup(
      "<section><h2>Watched predictions</h2><p class=\"help\">By last known "
      "state and by how long they have been watched.</p>");
  if (std::all_of(watches.groups().begin(), watches.groups().end(), IsEmpty)) {
    html.Markup("<p>No prediction is watched.</p></section>");
    return;
  }
  std::vector<TableWriter::Column> columns = {{"State"}};
  for (int i = 0; i <= watches.age_bounds_seconds_size(); ++i) {
    columns.push_back({AgeText(watches, i), true});
  }
  columns.push_back({"Waits", true});
  columns.push_back({"Oldest state", true});
  {
    TableWriter table("watches", "Watched predictions", std::move(columns),
                      html);
    for (const status::WatchGroup& group : watches.groups()) {
      if (IsEmpty(group)) continue;
      table.Row().Text(group.state());
      for (const double count : group.predictions()) table.Count(count);
      table.Count(group.waiters())
          .Number(group.oldest_state_seconds() == 0
                      ? "–"
                      : SecondsText(group.oldest_state_seconds()));
    }
  }
  html.Markup("<p class=\"help\">")
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
  {
    TableWriter table("streams", "Slowest streams",
                      {{"Prediction"},
                       {"Token"},
                       {"Write blocked", true},
                       {"Replaced", true},
                       {"Written", true},
                       {"Open for", true}},
                      html);
    for (const status::Stream& stream : streams.slowest()) {
      table.Row()
          .Code(stream.prediction())
          .Code(stream.credential())
          .Number(stream.write_seconds() == 0
                      ? "–"
                      : SecondsText(stream.write_seconds()))
          .Count(stream.conflated())
          .Count(stream.updates())
          .Number(SecondsText(stream.age_seconds()));
    }
  }
  html.Markup("</section>");
}

}  // namespace wriftai
