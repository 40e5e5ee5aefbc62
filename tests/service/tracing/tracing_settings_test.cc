#include "service/tracing/tracing_settings.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Each as "NAME=value (source; default)".
std::vector<std::string> SettingsOf(
    const std::map<std::string, std::string>& variables) {
  const auto environment = [&variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
  const auto config = ReadTracingVariables(environment);
  EXPECT_EQ(config.status(), absl::OkStatus());
  std::vector<std::string> lines;
  for (const Setting& setting : TracingSettings(*config, environment)) {
    EXPECT_EQ(setting.is_default, setting.value == setting.default_value);
    lines.push_back(absl::StrCat(setting.name, "=", setting.value, " (",
                                 setting.source, "; ", setting.default_value,
                                 ")"));
  }
  return lines;
}

TEST(TracingSettingsTest, AreEmptyWithoutTraces) {
  EXPECT_THAT(SettingsOf({{"OTEL_SERVICE_NAME", "x"}}), IsEmpty());
}

TEST(TracingSettingsTest, ShowDefaults) {
  EXPECT_THAT(
      SettingsOf({{"OTEL_TRACES_EXPORTER", "otlp"}}),
      ElementsAre(
          "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 "
          "(default; http://localhost:4317)",
          "OTEL_EXPORTER_OTLP_HEADERS=none (default; none)",
          "OTEL_EXPORTER_OTLP_COMPRESSION=none (default; none)",
          "OTEL_EXPORTER_OTLP_TIMEOUT=10000 (default; 10000)",
          "OTEL_SERVICE_NAME=wriftai-gateway (default; wriftai-gateway)",
          "OTEL_TRACES_SAMPLER=parentbased_always_on "
          "(default; parentbased_always_on)",
          "OTEL_BSP_SCHEDULE_DELAY=5000 (default; 5000)",
          "OTEL_BSP_MAX_QUEUE_SIZE=2048 (default; 2048)",
          "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=512 (default; 512)",
          "OTEL_BSP_EXPORT_TIMEOUT=30000 (default; 30000)"));
}

TEST(TracingSettingsTest, ShowWhatIsInUseWithoutHeaders) {
  EXPECT_THAT(
      SettingsOf({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://c"},
                  {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cr3t"},
                  {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                  {"OTEL_EXPORTER_OTLP_TIMEOUT", "1"},
                  {"OTEL_RESOURCE_ATTRIBUTES", "service.name=a"},
                  {"OTEL_TRACES_SAMPLER", "traceidratio"},
                  {"OTEL_TRACES_SAMPLER_ARG", "0.1"},
                  {"OTEL_BSP_SCHEDULE_DELAY", "2"},
                  {"OTEL_BSP_MAX_QUEUE_SIZE", "100"},
                  {"OTEL_BSP_EXPORT_TIMEOUT", "3"}}),
      ElementsAre(
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://c:4317 "
          "(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; http://localhost:4317)",
          "OTEL_EXPORTER_OTLP_HEADERS=[redacted] "
          "(OTEL_EXPORTER_OTLP_HEADERS; none)",
          "OTEL_EXPORTER_OTLP_COMPRESSION=gzip "
          "(OTEL_EXPORTER_OTLP_COMPRESSION; none)",
          "OTEL_EXPORTER_OTLP_TIMEOUT=1 (OTEL_EXPORTER_OTLP_TIMEOUT; 10000)",
          "OTEL_SERVICE_NAME=a (OTEL_RESOURCE_ATTRIBUTES; wriftai-gateway)",
          "OTEL_TRACES_SAMPLER=traceidratio "
          "(OTEL_TRACES_SAMPLER; parentbased_always_on)",
          "OTEL_TRACES_SAMPLER_ARG=0.1 (OTEL_TRACES_SAMPLER_ARG; 1)",
          "OTEL_BSP_SCHEDULE_DELAY=2 (OTEL_BSP_SCHEDULE_DELAY; 5000)",
          "OTEL_BSP_MAX_QUEUE_SIZE=100 (OTEL_BSP_MAX_QUEUE_SIZE; 2048)",
          // At most the queue.
          "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=100 (default; 512)",
          "OTEL_BSP_EXPORT_TIMEOUT=3 (OTEL_BSP_EXPORT_TIMEOUT; 30000)"));
}

}  // namespace
}  // namespace wriftai
