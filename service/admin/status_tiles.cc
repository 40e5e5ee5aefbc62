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

// A number that matters, what it is of, and how it went.
struct Tile {
  std::string name;
  std::string number;
  std::string about;
  Sparkline sparkline;
};

void Write(const Tile& tile, HtmlWriter& html) {
  html.Markup("<section><h3>")
      .Text(tile.name)
      .Markup("</h3><p class=\"big\">")
      .Text(tile.number)
      .Markup("</p><p class=\"soft\">")
      .Text(tile.about)
      .Markup("</p>");
  Draw(tile.sparkline, html);
  html.Markup("</section>");
}

std::string Newest(const google::protobuf::RepeatedField<float>& values) {
  return values.empty() ? "0" : RateText(*(values.end() - 1));
}

// By what its last responses were.
Tile UpstreamTile(const status::Report& report) {
  const status::Upstream& upstream = report.upstream();
  const status::History& history = report.history();
  const std::string requests = Newest(history.requests_per_second());
  Tile tile{"WriftAI",
            "Answers",
            absl::StrCat(requests, " requests a second"),
            {"Requests per second to WriftAI", history.requests_per_second(),
             history.interval_seconds(), std::nullopt}};
  if (!upstream.healthy()) {
    tile.number = "Fails";
    tile.about = "the last requests have all failed";
  } else if (upstream.failing_credentials() > 0) {
    tile.number = "Fails in part";
    tile.about = absl::StrCat(
        "the polls of ", CountText(upstream.failing_credentials()), " of ",
        CountText(upstream.polling_credentials(), "token", "tokens"));
  } else if (upstream.polling_credentials() == 0 && requests == "0") {
    tile.number = "Not asked";
    tile.about = "as nobody wants anything";
  }
  return tile;
}

const status::Credential* Busiest(const status::Report& report) {
  const auto busiest =
      std::max_element(report.credentials().begin(), report.credentials().end(),
                       [](const auto& a, const auto& b) {
                         return UseOf(a.reads()) < UseOf(b.reads());
                       });
  return busiest == report.credentials().end() ? nullptr : &*busiest;
}

Tile BudgetTile(const status::Report& report) {
  const status::Credential* const busiest = Busiest(report);
  const status::Credential& credential =
      busiest == nullptr ? status::Credential::default_instance() : *busiest;
  const status::Bucket& reads = credential.reads();
  Tile tile{"Busiest read budget",
            PercentText(UseOf(reads), 1),
            "no token in use",
            {"Reads per second of the busiest token",
             credential.history().reads_per_second(),
             report.history().interval_seconds(), std::nullopt}};
  if (busiest != nullptr) {
    tile.about =
        absl::StrCat(RateText(reads.sent_per_second()), " of ",
                     RateText(OwnShareOf(reads)), " requests a second");
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
  Write({"Waits",
         CountText(waits.waiters()),
         absl::StrCat(
             "on ", CountText(waits.predictions(), "prediction", "predictions"),
             "; oldest state ", SecondsText(waits.oldest_state_seconds())),
         {"Waits", history.waiters(), interval, std::nullopt}},
        html);
  Write(BudgetTile(report), html);
  Write({"Updates a second",
         Newest(history.updates_per_second()),
         absl::StrCat(
             CountText(report.streams().open(), "open stream", "open streams"),
             ", ", CountText(report.streams().updates_total()),
             " updates since the start"),
         {"Updates per second", history.updates_per_second(), interval,
          std::nullopt}},
        html);
  Write({"Errors in 10 min",
         CountText(report.errors().recent()),
         absl::StrCat(CountText(report.errors().total()), " since the start"),
         {"Errors in 5 s", history.errors(), interval, std::nullopt}},
        html);
  html.Markup("</div>");
}

}  // namespace wriftai
