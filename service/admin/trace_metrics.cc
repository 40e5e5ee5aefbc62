#include "service/admin/trace_metrics.h"

#include <atomic>
#include <cstdint>
#include <utility>

#include "service/admin/metric_family.h"

namespace wriftai {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> TraceMetricFamilies(const ExportCounts* counts) {
  using Count = std::atomic<int64_t> ExportCounts::*;
  const auto value = [&](Count count) {
    return counts == nullptr ? 0 : static_cast<double>((counts->*count).load());
  };
  MetricFamily spans = Family(MetricType::Counter, "trace_spans_total",
                              "Recorded spans, by what became of them.");
  const std::pair<const char*, Count> outcomes[] = {
      {"exported", &ExportCounts::exported},
      {"rejected", &ExportCounts::rejected},
      {"queue_full", &ExportCounts::queue_full},
      {"export_failed", &ExportCounts::export_failed}};
  for (const auto& [outcome, count] : outcomes) {
    AddSample(value(count), {{"outcome", outcome}}, spans);
  }
  MetricFamily exports = Family(MetricType::Counter, "trace_exports_total",
                                "Attempts to export spans to the collector.");
  AddSample(value(&ExportCounts::attempts_ok), {{"result", "ok"}}, exports);
  AddSample(value(&ExportCounts::attempts_failed), {{"result", "failed"}},
            exports);
  std::vector<MetricFamily> families;
  families.push_back(std::move(spans));
  families.push_back(std::move(exports));
  families.push_back(Single(MetricType::Gauge, "trace_queued_spans",
                            "Recorded spans that wait for their export.",
                            value(&ExportCounts::queued)));
  return families;
}

}  // namespace wriftai
