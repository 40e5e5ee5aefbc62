#ifndef WRIFTAI_TESTS_BENCH_WAITS_REPORT_H_
#define WRIFTAI_TESTS_BENCH_WAITS_REPORT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wriftai::bench {

// What a figure of the gateway must not exceed.
struct Bound {
  // A time, and what is computed from times, depends on the machine and on what
  // else that does; counts and their ratios must hold on any.
  enum class Kind { kCount, kTime };

  double most = 0;
  Kind kind = Kind::kCount;
};

// One line of a table. A value that is none could not be measured; a bound on
// it is not met.
struct Figure {
  std::string key;   // Its name in JSON.
  std::string text;  // Its name for people.
  std::string unit;  // Empty for counts and ratios.
  std::optional<double> gateway;
  std::optional<double> naive;
  std::optional<Bound> bound;

  bool Met() const;
};

struct ScenarioReport {
  std::string name;
  std::string text;  // What happens in it, in one line.
  std::vector<std::pair<std::string, double>> setup;
  std::vector<Figure> figures;
  std::vector<std::string> notes;  // What a reader of bad figures asks for.
  double seconds = 0;
};

// Which bounds decide about the exit status.
enum class Check { kNone, kCounts, kAll };

bool BoundsMet(const ScenarioReport& report, Check check);

// A table for a terminal.
std::string Table(const ScenarioReport& report);

// All of it, for programs.
std::string Json(const std::vector<ScenarioReport>& reports,
                 const std::string& command);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_REPORT_H_
