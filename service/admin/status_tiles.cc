#include "service/admin/status_tiles.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/admin/number_text.h"
#include "service/admin/status_charts.h"
#include "service/admin/status_findings.h"

namespace wriftai {
namespace {

// A headline number with a name, a caption and its history.
struct Tile {
  std::string name;
  std::string number;
  std::string caption;
  Sparkline sparkline;
};

void Write(const Tile& tile, HtmlWriter& html) {
  html.Markup("<section><h3>")
      .Text(tile.name)
      .Markup("</h3><p class=\"big\">")
      .Text(tile.number)
      .Markup("</p><p class=\"soft\">")
      .Text(tile.caption)
      .Markup("</p>");
  Draw(tile.sparkline, html);
  html.Markup("</section>");
}

std::string Newest(const google::protobuf::RepeatedField<float>& values) {
  return values.empty() ? "0" : RateText(*(values.end() - 1));
}

// The state of the upstream, judged by its last responses.
Tile UpstreamTile(const status::Report& report) {
  const status::Upstream& upstream = report.upstream();
  const status::History& history = report.history();
  double per_second = 0;
  for (const auto& operation : report.upstream_operations()) {
    per_second += operation.per_second();
  }
  const std::string requests = RateText(per_second);
  Tile tile{"WriftAI",
            "Up",
            absl::StrCat(requests, " requests/s"),
            {"Requests per second to WriftAI", history.requests_per_second(),
             history.interval_seconds(), std::nullopt}};
  if (!upstream.healthy()) {
    tile.number = "Failing";
    tile.caption = absl::StrCat(upstream.last_failure(), ", for ",
                                SecondsText(upstream.changed_seconds_ago()));
  } else if (upstream.failing_credentials() > 0) {
    tile.number = "Partly failing";
    tile.caption = absl::StrCat(
        "polls fail for ", CountText(upstream.failing_credentials()), " of ",
        CountText(upstream.polling_credentials(), "token", "tokens"));
  } else if (upstream.polling_credentials() == 0 && requests == "0") {
    tile.number = "Idle";
    tile.caption = "no requests";
  }
  return tile;
}

Tile CallsTile(const status::Report& report) {
  double per_second = 0;
  double in_progress = 0;
  for (const status::Method& method : report.methods()) {
    per_second += method.per_second();
    in_progress += method.in_progress();
  }
  return {"Calls per second",
          RateText(per_second),
          absl::StrCat(CountText(in_progress), " in progress"),
          {"Calls per second", report.history().calls_per_second(),
           report.history().interval_seconds(), std::nullopt}};
}

const status::Credential* Busiest(const status::Report& report) {
  const auto busiest =
      std::max_element(report.credentials().begin(), report.credentials().end(),
                       [](const auto& a, const auto& b) {
                         return Utilization(a.reads()) < Utilization(b.reads());
                       });
  return busiest == report.credentials().end() ? nullptr : &*busiest;
}

Tile BudgetTile(const status::Report& report) {
  const status::Credential* const busiest = Busiest(report);
  const status::Credential& credential =
      busiest == nullptr ? status::Credential::default_instance() : *busiest;
  const status::Bucket& reads = credential.reads();
  Tile tile{"Busiest read budget",
            PercentText(Utilization(reads), 1),
            "no token in use",
            {"Reads per second of the busiest token",
             credential.history().reads_per_second(),
             report.history().interval_seconds(), std::nullopt}};
  if (busiest != nullptr) {
    tile.caption = absl::StrCat(RateText(reads.sent_per_second()), " of ",
                                RateText(AvailableRate(reads)), " requests/s");
    tile.sparkline.limit = reads.allowed_per_second();
  }
  return tile;
}

}  // namespace

void WriteTiles(const status::Report& report, HtmlWriter& html) {
  const status::History& history = report.history();
  const double interval = history.interval_seconds();
  const status::Waits& waits = report.waits();
  html.Markup("<div class=\"tiles\">");
  Write(UpstreamTile(report), html);
  Write(CallsTile(report), html);
  Write({"Waits",
         CountText(waits.waiters()),
         absl::StrCat(
             "on ", CountText(waits.predictions(), "prediction", "predictions"),
             "; oldest state ", SecondsText(waits.oldest_state_seconds())),
         {"Waits", history.waiters(), interval, std::nullopt}},
        html);
  Write(BudgetTile(report), html);
  Write({"Updates per second",
         Newest(history.updates_per_second()),
         absl::StrCat(
             CountText(report.streams().open(), "open stream", "open streams"),
             ", ", CountText(report.streams().updates_total()),
             " updates since start"),
         {"Updates per second", history.updates_per_second(), interval,
          std::nullopt}},
        html);
  Write({"Failures in 10 min",
         CountText(report.errors().recent()),
         absl::StrCat(CountText(report.errors().total()), " since start; ",
                      CountText(report.caller_mistakes().recent(),
                                "caller's mistake", "callers' mistakes")),
         {"Failures per 5 s", history.errors(), interval, std::nullopt}},
        html);
  html.Markup("</div>");
}

}  // namespace wriftai
