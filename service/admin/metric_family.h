#ifndef WRIFTAI_SERVICE_ADMIN_METRIC_FAMILY_H_
#define WRIFTAI_SERVICE_ADMIN_METRIC_FAMILY_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "prometheus/metric_family.h"

// Helpers for building metrics. All functions: pure, any thread.

namespace wriftai {

// A metric without samples; the prefix wriftai_gateway_ is added to `name`.
inline prometheus::MetricFamily Family(prometheus::MetricType type,
                                       const char* name, const char* help) {
  prometheus::MetricFamily family;
  family.name = absl::StrCat("wriftai_gateway_", name);
  family.help = help;
  family.type = type;
  return family;
}

// Adds a sample to a family of counters or gauges.
inline void AddSample(double value,
                      std::vector<prometheus::ClientMetric::Label> labels,
                      prometheus::MetricFamily& family) {
  prometheus::ClientMetric& sample = family.metric.emplace_back();
  sample.label = std::move(labels);
  (family.type == prometheus::MetricType::Counter ? sample.counter.value
                                                  : sample.gauge.value) = value;
}

// Adds a sample to a family of histograms.
template <typename Source>
void AddHistogram(const Source& source,
                  std::vector<prometheus::ClientMetric::Label> labels,
                  prometheus::MetricFamily& family) {
  prometheus::ClientMetric& sample = family.metric.emplace_back();
  sample.label = std::move(labels);
  prometheus::ClientMetric::Histogram& histogram = sample.histogram;
  for (size_t i = 0; i < source.counts().size(); ++i) {
    histogram.sample_count += static_cast<uint64_t>(source.counts()[i]);
    histogram.bucket.push_back({histogram.sample_count,
                                i < Source::kBounds.size()
                                    ? Source::kBounds[i]
                                    : std::numeric_limits<double>::infinity()});
  }
  histogram.sample_sum = source.sum();
}

// A metric with one sample and no labels.
template <typename Number>
prometheus::MetricFamily Single(prometheus::MetricType type, const char* name,
                                const char* help, Number value) {
  prometheus::MetricFamily family = Family(type, name, help);
  AddSample(static_cast<double>(value), {}, family);
  return family;
}

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_METRIC_FAMILY_H_
