#include "service/admin/status_page.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "google/protobuf/util/json_util.h"
#include "service/admin/html_writer.h"
#include "service/admin/number_text.h"
#include "service/admin/status_assets.h"
#include "service/admin/status_calls.h"
#include "service/admin/status_charts.h"
#include "service/admin/status_cluster.h"
#include "service/admin/status_process.h"
#include "service/admin/status_tables.h"
#include "service/admin/status_tiles.h"

namespace wriftai {
namespace {

// The tab icon: a dot in the level's color.
void WriteIcon(status::Level level, HtmlWriter& html) {
  html.Markup(
      "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg "
      "xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle "
      "cx='8' cy='8' r='7' fill='%23");
  if (level == status::LEVEL_PROBLEM) {
    html.Markup("d1242f");
  } else if (level == status::LEVEL_NOTICE) {
    html.Markup("d29922");
  } else {
    html.Markup("2da44e");
  }
  html.Markup("'/%3E%3C/svg%3E\">");
}

const char* LevelName(status::Level level) {
  if (level == status::LEVEL_PROBLEM) return "Problem";
  return level == status::LEVEL_NOTICE ? "Notice" : "OK";
}

// The CSS class beside "badge" or "overall".
const char* LevelClass(status::Level level) {
  if (level == status::LEVEL_PROBLEM) return "problem";
  return level == status::LEVEL_NOTICE ? "notice" : "ok";
}

void WriteBadge(status::Level level, HtmlWriter& html) {
  html.Markup("<span class=\"badge ")
      .Text(LevelClass(level))
      .Markup("\">")
      .Text(LevelName(level))
      .Markup("</span>");
}

void WriteOverall(const status::Report& report, HtmlWriter& html) {
  html.Markup("<section class=\"overall ")
      .Text(LevelClass(report.level()))
      .Markup("\"><h2 hidden>Overall status</h2><p class=\"cause\">");
  WriteBadge(report.level(), html);
  // What is wrong comes first: the findings are sorted.
  if (report.findings().empty()) {
    html.Markup("<span id=\"summary\">")
        .Text(report.summary())
        .Markup("</span></p></section>");
    return;
  }
  html.Markup("<span id=\"cause\">")
      .Text(report.findings(0).text())
      .Markup("</span></p>");
  if (report.findings_size() > 1) html.Markup("<ul>");
  for (int i = 1; i < report.findings_size(); ++i) {
    html.Markup("<li>");
    WriteBadge(report.findings(i).level(), html);
    html.Text(report.findings(i).text()).Markup("</li>");
  }
  if (report.findings_size() > 1) html.Markup("</ul>");
  html.Markup("<p class=\"soft\" id=\"summary\">")
      .Text(report.summary())
      .Markup("</p></section>");
}

void WriteDurations(const std::string& name, const std::string& help,
                    const status::Histogram& histogram, HtmlWriter& html) {
  double recent = 0;
  double total = 0;
  for (const double count : histogram.recent()) recent += count;
  for (const double count : histogram.total()) total += count;
  html.Markup("<section><h2>")
      .Text(name)
      .Markup("</h2><p class=\"help\">")
      .Text(help)
      .Markup("</p><p>");
  if (recent == 0) {
    html.Text("None in the last 10 min");
  } else {
    html.Text(absl::StrCat("p50 ", SecondsText(histogram.recent_p50_seconds()),
                           ", p99 ",
                           SecondsText(histogram.recent_p99_seconds()), "; ",
                           CountText(recent), " in the last 10 min"));
  }
  html.Text(absl::StrCat("; ", CountText(total), " since start."))
      .Markup("</p>");
  if (recent > 0) DrawHistogram(name, histogram, html);
  html.Markup("</section>");
}

std::string Hash(absl::string_view text) {
  return absl::StrCat("'sha256-", absl::Base64Escape(Sha256(text)), "'");
}

}  // namespace

std::string StatusPageHtml(const status::Report& report) {
  HtmlWriter html;
  html.Markup(
          "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\"><title>")
      .Text(LevelName(report.level()))
      .Markup(" – WriftAI gateway</title>");
  WriteIcon(report.level(), html);
  html.Markup(
          "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"
          "<style>")
      .Markup(kStatusStyle)
      .Markup(
          "</style></head><body><header id=\"bar\"><h1>WriftAI gateway</h1>"
          "<span id=\"stale\" role=\"status\" hidden><span class=\"badge "
          "problem\">No response</span>This data is stale.</span>"
          "<button id=\"pause\" type=\"button\" hidden>Pause</button></header>"
          "<main id=\"report\"><p class=\"soft\">Version ")
      .Text(absl::StrCat(report.version(), ", up for ",
                         SecondsText(report.uptime_seconds()), ", as of "))
      .Markup("<time id=\"as-of\">")
      .Text(UtcText(report.observed_at()))
      .Markup("</time>, refreshes every 5 s</p>");
  WriteOverall(report, html);
  WriteTiles(report, html);
  // Failures explain a problem, so they come before what is well.
  const bool is_problem = report.level() == status::LEVEL_PROBLEM;
  if (is_problem) WriteFailures(report, html);
  WriteCalls(report, html);
  WriteUpstreamRequests(report, html);
  WriteCredentials(report, html);
  WriteCluster(report, html);
  WriteWatches(report, html);
  html.Markup("<div class=\"two\">");
  WriteDurations("Staleness",
                 "Time between observations of a watched prediction.",
                 report.staleness(), html);
  WriteDurations("Terminal delay",
                 "From a prediction's end, by WriftAI's clock, until its "
                 "waiters are notified.",
                 report.terminal_delay(), html);
  html.Markup("</div>");
  WriteStreams(report, html);
  if (!is_problem) WriteFailures(report, html);
  WriteCallerMistakes(report, html);
  WriteProcess(report, html);
  html.Markup(
          "<footer class=\"soft\"><a href=\"/statusz?format=json\">This page "
          "as JSON</a>, <a href=\"/configz\">settings</a>, "
          "<a href=\"/metrics\">metrics</a>, "
          "<a href=\"/healthz\">health</a>, <a href=\"/readyz\">readiness</a>. "
          "All data is from this process only.</footer></main><script>")
      .Markup(kStatusScript)
      .Markup("</script></body></html>\n");
  return html.Take();
}

std::string StatusPageJson(const status::Report& report) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // Fails only for invalid UTF-8, which the report never contains.
  (void)google::protobuf::util::MessageToJsonString(report, &json, options);
  return json;
}

std::string StatusPagePolicy() {
  return absl::StrCat(
      "default-src 'none'; style-src ", Hash(kStatusStyle), "; script-src ",
      Hash(kStatusScript),
      "; connect-src 'self'; img-src data:; base-uri 'none'; form-action "
      "'none'; frame-ancestors 'none'");
}

}  // namespace wriftai
