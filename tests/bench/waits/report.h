#ifndef WRIFTAI_TESTS_BENCH_WAITS_REPORT_H_
#define WRIFTAI_TESTS_BENCH_WAITS_REPORT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wriftai::bench {

// The maximum of a figure of the gateway.
struct Bound {
  // Times and their ratios depend on the machine and its load. Bounds on counts
  // and their ratios must hold on any machine.
  enum class Kind { kCount, kTime };

  double max = 0;
  Kind kind = Kind::kCount;
};

// A row of a table. An unset value could not be measured and does not meet a
// bound.
struct Figure {
  std::string key;   // The name in JSON.
  std::string text;  // The name in tables.
  std::string unit;  // Empty for counts and ratios.
  std::optional<double> gateway;
  std::optional<double> naive;
  std::optional<Bound> bound;

  bool Met() const;
};

struct ScenarioReport {
  std::string name;
  std::string text;                // A one-line description.
  std::string compared = "naive";  // The title of Figure::naive.
  std::vector<std::pair<std::string, double>> setup;
  std::vector<Figure> figures;
  std::vector<std::string> notes;  // Details that help to explain bad figures.
  double seconds = 0;
};

// Which bounds determine the exit status.
enum class Check { kNone, kCounts, kAll };

bool BoundsMet(const ScenarioReport& report, Check check);

// A table for a terminal.
std::string Table(const ScenarioReport& report);

// All reports as JSON.
std::string Json(const std::vector<ScenarioReport>& reports,
                 const std::string& command);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_REPORT_H_
