#include "tests/bench/waits/report.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "sandbox/json.h"

namespace wriftai::bench {
namespace {

using sandbox::JsonArray;
using sandbox::JsonObject;
using sandbox::JsonQuote;

std::string ValueText(std::optional<double> value) {
  return value.has_value() ? absl::StrFormat("%.5g", *value) : "-";
}

std::string ValueJson(std::optional<double> value) {
  return value.has_value() ? absl::StrFormat("%.17g", *value) : "null";
}

std::string BoundText(const Figure& figure) {
  if (!figure.bound.has_value()) return "";
  return absl::StrCat("<= ", ValueText(figure.bound->max),
                      figure.Met() ? "  met" : "  NOT MET");
}

std::string FigureJson(const Figure& figure) {
  JsonObject object;
  object.String("key", figure.key)
      .String("text", figure.text)
      .String("unit", figure.unit)
      .Raw("gateway", ValueJson(figure.gateway))
      .Raw("naive", ValueJson(figure.naive));
  if (figure.bound.has_value()) {
    object.Raw("at_most", ValueJson(figure.bound->max))
        .Bool("is_time", figure.bound->kind == Bound::Kind::kTime)
        .Bool("met", figure.Met());
  }
  return object.Take();
}

std::string ScenarioJson(const ScenarioReport& report) {
  JsonObject setup;
  for (const auto& [name, value] : report.setup) {
    setup.Raw(name, ValueJson(value));
  }
  std::vector<std::string> figures;
  for (const Figure& figure : report.figures) {
    figures.push_back(FigureJson(figure));
  }
  std::vector<std::string> notes;
  for (const std::string& note : report.notes) notes.push_back(JsonQuote(note));
  return JsonObject()
      .String("name", report.name)
      .String("text", report.text)
      .String("compared", report.compared)
      .Raw("setup", setup.Take())
      .Raw("figures", JsonArray(figures))
      .Raw("notes", JsonArray(notes))
      .Raw("seconds", ValueJson(report.seconds))
      .Take();
}

}  // namespace

bool Figure::Met() const {
  return !bound.has_value() || (gateway.has_value() && *gateway <= bound->max);
}

bool BoundsMet(const ScenarioReport& report, Check check) {
  return std::all_of(report.figures.begin(), report.figures.end(),
                     [check](const Figure& figure) {
                       const bool counts =
                           check == Check::kAll ||
                           (check == Check::kCounts &&
                            figure.bound.has_value() &&
                            figure.bound->kind == Bound::Kind::kCount);
                       return !counts || figure.Met();
                     });
}

std::string Table(const ScenarioReport& report) {
  std::string table = absl::StrCat("\n", report.name, ": ", report.text, "\n");
  for (const auto& [name, value] : report.setup) {
    absl::StrAppend(&table, "  ", name, " ", ValueText(value));
  }
  absl::StrAppendFormat(&table, "\n\n  %-52s %10s %10s  %s\n", "", "gateway",
                        report.compared, "bound");
  for (const Figure& figure : report.figures) {
    const std::string name =
        figure.unit.empty() ? figure.text
                            : absl::StrCat(figure.text, " [", figure.unit, "]");
    absl::StrAppendFormat(&table, "  %-52s %10s %10s  %s\n", name,
                          ValueText(figure.gateway), ValueText(figure.naive),
                          BoundText(figure));
  }
  for (const std::string& note : report.notes) {
    absl::StrAppend(&table, "  note: ", note, "\n");
  }
  absl::StrAppendFormat(&table, "  (%.0f s)\n", report.seconds);
  return table;
}

std::string Json(const std::vector<ScenarioReport>& reports,
                 const std::string& command) {
  std::vector<std::string> scenarios;
  for (const ScenarioReport& report : reports) {
    scenarios.push_back(ScenarioJson(report));
  }
  return absl::StrCat(
      JsonObject()
          .String("benchmark", "waits")
          .String("command", command)
          .String("time", absl::FormatTime(absl::RFC3339_sec, absl::Now(),
                                           absl::UTCTimeZone()))
          .Number("cores", sysconf(_SC_NPROCESSORS_ONLN))
          .Raw("scenarios", JsonArray(scenarios))
          .Take(),
      "\n");
}

}  // namespace wriftai::bench
