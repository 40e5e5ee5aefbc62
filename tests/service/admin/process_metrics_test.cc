#include "service/admin/process_metrics.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const ProcessNumbers& numbers) {
  return prometheus::TextSerializer().Serialize(ProcessMetricFamilies(numbers));
}

TEST(ProcessMetricsTest, HasStandardNamesAndValues) {
  ProcessNumbers numbers;
  numbers.cpu_seconds = 1.5;
  numbers.resident_bytes = 1000;
  numbers.virtual_bytes = 2000;
  numbers.threads = 30;
  numbers.open_fds = 40;
  numbers.max_fds = 50;
  numbers.started_at = 60.25;
  const std::string text = Text(numbers);
  for (const char* const line :
       {"# TYPE process_cpu_seconds_total counter\n",
        "\nprocess_cpu_seconds_total 1.5\n",
        "\nprocess_resident_memory_bytes 1000\n",
        "\nprocess_virtual_memory_bytes 2000\n", "\nprocess_threads 30\n",
        "\nprocess_open_fds 40\n", "\nprocess_max_fds 50\n",
        "\nprocess_start_time_seconds 60.25\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ProcessMetricsTest, HasNoSampleForUnknownNumber) {
  EXPECT_THAT(Text({}), Not(HasSubstr("\nprocess_open_fds ")));
}

TEST(ProcessMetricsTest, BuildInfoHasVersionsAsLabels) {
  EXPECT_THAT(Text({}),
              HasSubstr(absl::StrCat("\nwriftai_gateway_build_info{version=\"",
                                     Version(), "\",revision=\"", Commit(),
                                     "\",grpc=\"1.")));
}

}  // namespace
}  // namespace wriftai
