#ifndef WRIFTAI_SERVICE_TRACING_OTEL_VARIABLES_H_
#define WRIFTAI_SERVICE_TRACING_OTEL_VARIABLES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/flag_set.h"

namespace wriftai {

// Reads environment variables in OpenTelemetry's forms. An empty one counts as
// unset. Remembers the first error, so a reader checks once.
//
// Threads: one. `environment` must outlive it. Fails: through status().
class OtelVariables {
 public:
  explicit OtelVariables(const FlagSet::Environment& environment)
      : environment_(environment) {}

  // A variable and its value.
  struct Variable {
    std::string name;
    absl::string_view value;
    bool set() const { return !value.empty(); }
  };
  Variable Find(std::string name) const;

  // OTEL_EXPORTER_OTLP_TRACES_`name`, or else OTEL_EXPORTER_OTLP_`name`.
  Variable FindOtlp(absl::string_view name) const;

  // These leave `result` unchanged if the variable is not set.
  void Read(const Variable& variable, bool& result);
  void Read(const Variable& variable, int64_t min, int64_t max,
            int64_t& result);
  void Read(const Variable& variable, double min, double max, double& result);
  void ReadMilliseconds(const Variable& variable, absl::Duration max,
                        absl::Duration& result);
  // Sets `result` to the index of the value in `names`.
  void ReadOneOf(const Variable& variable,
                 const std::vector<absl::string_view>& names, size_t& result);

  // Pairs as in W3C Baggage: "key=value,key=value", percent-encoded. The error
  // names no key and no value.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  void ReadPairs(const Variable& variable, Pairs& result);

  void Fail(const Variable& variable, absl::string_view expected);

  const absl::Status& status() const { return status_; }

 private:
  const FlagSet::Environment& environment_;
  absl::Status status_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_OTEL_VARIABLES_H_
