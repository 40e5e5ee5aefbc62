#include "service/tracing/tracing_settings.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/tracing/otel_variables.h"

namespace wriftai {
namespace {

using Variable = OtelVariables::Variable;

constexpr char kDefaultSource[] = "default";

std::string UrlOf(const CollectorConfig& collector) {
  return absl::StrCat(collector.tls ? "https://" : "http://",
                      collector.address);
}

std::string ServiceNameOf(const TracingConfig& config) {
  for (const auto& [key, value] : config.resource) {
    if (key == "service.name") return value;
  }
  return "";
}

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

class SettingList {
 public:
  void Add(const std::string& name, const std::string& source,
           std::string value, std::string default_value) {
    const bool is_default = value == default_value;
    settings_.push_back(
        {name, std::move(value), is_default, std::move(default_value), source});
  }
  void Add(const Variable& variable, std::string value,
           std::string default_value) {
    Add(variable.name, variable.set() ? variable.name : kDefaultSource,
        std::move(value), std::move(default_value));
  }

  std::vector<Setting> Take() { return std::move(settings_); }

 private:
  std::vector<Setting> settings_;
};

void AddCollector(const OtelVariables& variables, const TracingConfig& config,
                  SettingList& settings) {
  const CollectorConfig& collector = config.collector;
  settings.Add(variables.FindOtlp("ENDPOINT"), UrlOf(collector),
               UrlOf(CollectorConfig()));
  settings.Add(variables.FindOtlp("HEADERS"),
               collector.headers.empty() ? "none" : "[redacted]", "none");
  settings.Add(variables.FindOtlp("COMPRESSION"),
               collector.gzip ? "gzip" : "none", "none");
  settings.Add(variables.FindOtlp("TIMEOUT"),
               Milliseconds(config.batch.max_attempt),
               Milliseconds(BatchOptions().max_attempt));
}

void AddServiceName(const OtelVariables& variables, const TracingConfig& config,
                    SettingList& settings) {
  constexpr char kDefaultName[] = "wriftai-gateway";
  const Variable variable = variables.Find("OTEL_SERVICE_NAME");
  const std::string name = ServiceNameOf(config);
  std::string source = kDefaultSource;
  if (variable.set()) {
    source = variable.name;
  } else if (name != kDefaultName) {
    source = "OTEL_RESOURCE_ATTRIBUTES";
  }
  settings.Add(variable.name, source, name, kDefaultName);
}

void AddSampler(const OtelVariables& variables, const TracingConfig& config,
                SettingList& settings) {
  constexpr char kDefaultSampler[] = "parentbased_always_on";
  const Variable sampler = variables.Find("OTEL_TRACES_SAMPLER");
  settings.Add(sampler,
               sampler.set() ? std::string(sampler.value) : kDefaultSampler,
               kDefaultSampler);
  if (absl::EndsWith(sampler.value, "traceidratio")) {
    settings.Add(variables.Find("OTEL_TRACES_SAMPLER_ARG"),
                 absl::StrCat(config.sampling_ratio), "1");
  }
}

void AddBatch(const OtelVariables& variables, const BatchOptions& batch,
              SettingList& settings) {
  const BatchOptions defaults;
  settings.Add(variables.Find("OTEL_BSP_SCHEDULE_DELAY"),
               Milliseconds(batch.delay), Milliseconds(defaults.delay));
  settings.Add(variables.Find("OTEL_BSP_MAX_QUEUE_SIZE"),
               absl::StrCat(batch.max_queued_spans),
               absl::StrCat(defaults.max_queued_spans));
  settings.Add(variables.Find("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
               absl::StrCat(batch.max_batch_spans),
               absl::StrCat(defaults.max_batch_spans));
  settings.Add(variables.Find("OTEL_BSP_EXPORT_TIMEOUT"),
               Milliseconds(batch.max_export),
               Milliseconds(defaults.max_export));
}

}  // namespace

std::vector<Setting> TracingSettings(const TracingConfig& config,
                                     const FlagSet::Environment& environment) {
  SettingList settings;
  if (config.enabled) {
    const OtelVariables variables(environment);
    AddCollector(variables, config, settings);
    AddServiceName(variables, config, settings);
    AddSampler(variables, config, settings);
    AddBatch(variables, config.batch, settings);
  }
  return settings.Take();
}

}  // namespace wriftai
