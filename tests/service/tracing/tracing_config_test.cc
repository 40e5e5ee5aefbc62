#include "service/tracing/tracing_config.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using Variables = std::map<std::string, std::string>;

absl::StatusOr<TracingConfig> Read(const Variables& variables) {
  return ReadTracingVariables([&variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

// With tracing turned on.
absl::StatusOr<TracingConfig> ReadOn(Variables variables) {
  variables.emplace("OTEL_TRACES_EXPORTER", "otlp");
  return Read(variables);
}

TracingConfig Valid(const Variables& variables) {
  const auto config = ReadOn(variables);
  EXPECT_EQ(config.status(), absl::OkStatus());
  return config.value_or(TracingConfig());
}

std::string ErrorOf(const Variables& variables) {
  return std::string(ReadOn(variables).status().message());
}

TEST(TracingConfigTest, IsOffWithoutEndpointAndExporter) {
  EXPECT_FALSE(Read({})->enabled);
  EXPECT_FALSE(Read({{"OTEL_SERVICE_NAME", "x"}})->enabled);
  EXPECT_FALSE(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}})->enabled);
  // Of other programs in the same environment.
  EXPECT_FALSE(
      Read({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"}})->enabled);
}

TEST(TracingConfigTest, IsOnWithEndpointOrExporter) {
  EXPECT_TRUE(Read({{"OTEL_TRACES_EXPORTER", "otlp"}})->enabled);
  const std::pair<const char*, const char*> endpoints[] = {
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"},
      {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4317"}};
  for (const auto& [name, value] : endpoints) {
    EXPECT_TRUE(Read({{name, value}})->enabled);
    EXPECT_FALSE(
        Read({{name, value}, {"OTEL_TRACES_EXPORTER", "none"}})->enabled);
    EXPECT_FALSE(Read({{name, value}, {"OTEL_SDK_DISABLED", "True"}})->enabled);
  }
}

TEST(TracingConfigTest, HasDefaultsOfSpecification) {
  const TracingConfig config = Valid({});
  EXPECT_EQ(config.collector.address, "localhost:4317");
  EXPECT_FALSE(config.collector.tls);
  EXPECT_FALSE(config.collector.gzip);
  EXPECT_THAT(config.collector.headers, IsEmpty());
  EXPECT_EQ(config.batch.max_queued_spans, 2048u);
  EXPECT_EQ(config.batch.max_batch_spans, 512u);
  EXPECT_EQ(config.batch.delay, absl::Seconds(5));
  EXPECT_EQ(config.batch.max_export, absl::Seconds(30));
  EXPECT_EQ(config.batch.max_attempt, absl::Seconds(10));
  EXPECT_EQ(config.sampling_ratio, 1);
  EXPECT_TRUE(config.parent_based);
  EXPECT_THAT(config.resource,
              ElementsAre(Pair("service.name", "wriftai-gateway")));
}

TEST(TracingConfigTest, ReadsEndpoint) {
  const struct {
    const char* endpoint;
    const char* insecure;
    const char* address;
    bool tls;
  } rows[] = {
      {"http://collector:4317", "", "collector:4317", false},
      {"http://collector:4317/", "", "collector:4317", false},
      {"https://collector.example:443", "", "collector.example:443", true},
      // The scheme goes before OTEL_EXPORTER_OTLP_INSECURE.
      {"https://collector", "true", "collector:4317", true},
      {"http://[::1]", "", "[::1]:4317", false},
      {"http://[::1]:55", "", "[::1]:55", false},
      {"collector:4317", "", "collector:4317", true},
      {"collector:4317", "false", "collector:4317", true},
      {"collector:4317", "true", "collector:4317", false},
  };
  for (const auto& row : rows) {
    const TracingConfig config =
        Valid({{"OTEL_EXPORTER_OTLP_ENDPOINT", row.endpoint},
               {"OTEL_EXPORTER_OTLP_INSECURE", row.insecure}});
    EXPECT_EQ(config.collector.address, row.address) << row.endpoint;
    EXPECT_EQ(config.collector.tls, row.tls) << row.endpoint << row.insecure;
  }
}

TEST(TracingConfigTest, VariablesForTracesGoFirst) {
  const TracingConfig config =
      Valid({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1"},
             {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:2"},
             {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
             {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"},
             {"OTEL_EXPORTER_OTLP_TIMEOUT", "1"},
             {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2500"},
             {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"}});
  EXPECT_EQ(config.collector.address, "traces:2");
  EXPECT_EQ(config.batch.max_attempt, absl::Milliseconds(2500));
  EXPECT_TRUE(config.collector.gzip);
}

TEST(TracingConfigTest, ReadsSamplers) {
  const struct {
    const char* sampler;
    const char* argument;
    double ratio;
    bool parent_based;
  } rows[] = {
      {"always_on", "", 1, false},
      {"always_off", "0.5", 0, false},
      {"traceidratio", "0.25", 0.25, false},
      {"traceidratio", "", 1, false},
      {"parentbased_always_on", "", 1, true},
      {"parentbased_always_off", "", 0, true},
      {"parentbased_traceidratio", "0.1", 0.1, true},
  };
  for (const auto& row : rows) {
    const TracingConfig config =
        Valid({{"OTEL_TRACES_SAMPLER", row.sampler},
               {"OTEL_TRACES_SAMPLER_ARG", row.argument}});
    EXPECT_EQ(config.sampling_ratio, row.ratio) << row.sampler;
    EXPECT_EQ(config.parent_based, row.parent_based) << row.sampler;
  }
}

TEST(TracingConfigTest, DecodesHeadersAsSecrets) {
  const TracingConfig config =
      Valid({{"OTEL_EXPORTER_OTLP_HEADERS",
              "API-Key=s3cr3t%2C%20x , x-tenant = a=b,"}});
  ASSERT_EQ(config.collector.headers.size(), 2u);
  EXPECT_EQ(config.collector.headers[0].first, "api-key");
  EXPECT_EQ(config.collector.headers[0].second.Reveal(), "s3cr3t, x");
  EXPECT_EQ(config.collector.headers[1].first, "x-tenant");
  EXPECT_EQ(config.collector.headers[1].second.Reveal(), "a=b");
}

TEST(TracingConfigTest, ErrorsDoNotQuoteHeaders) {
  for (const char* headers :
       {"s3cr3t", "=s3cr3t", "key=s3cr3t%2", "key=s3cr3t%0A", "k y=s3cr3t",
        "grpc-timeout=s3cr3t", "key-bin=s3cr3t"}) {
    const std::string error =
        ErrorOf({{"OTEL_EXPORTER_OTLP_HEADERS", headers}});
    EXPECT_THAT(error, HasSubstr("OTEL_EXPORTER_OTLP_HEADERS: expected "))
        << headers;
    EXPECT_THAT(error, Not(HasSubstr("s3cr3t")));
  }
}

TEST(TracingConfigTest, RejectsHeadersOfGrpcItself) {
  for (const char* name : {"connection", "Content-Length", "content-type",
                           "host", "keep-alive", "proxy-connection", "TE",
                           "transfer-encoding", "upgrade", "User-Agent"}) {
    EXPECT_EQ(ErrorOf({{"OTEL_EXPORTER_OTLP_HEADERS",
                        absl::StrCat("a=b,", name, "=x")}}),
              "OTEL_EXPORTER_OTLP_HEADERS: expected names of letters, digits "
              "and -_. that neither begin with grpc- nor end in -bin, and are "
              "not gRPC's own, such as host, te, content-type and user-agent; "
              "with values of printable ASCII")
        << name;
  }
  EXPECT_EQ(ErrorOf({{"OTEL_EXPORTER_OTLP_HEADERS", "x-host=a,tee=b"}}), "");
}

TEST(TracingConfigTest, ServiceNameGoesBeforeAttributes) {
  EXPECT_THAT(Valid({{"OTEL_RESOURCE_ATTRIBUTES",
                      "service.name=a,deployment.environment.name=t%C3%A9st"}})
                  .resource,
              ElementsAre(Pair("deployment.environment.name", "tést"),
                          Pair("service.name", "a")));
  EXPECT_THAT(Valid({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=a"},
                     {"OTEL_SERVICE_NAME", "b"}})
                  .resource,
              ElementsAre(Pair("service.name", "b")));
}

TEST(TracingConfigTest, BatchIsAtMostTheQueue) {
  const TracingConfig config = Valid({{"OTEL_BSP_MAX_QUEUE_SIZE", "100"},
                                      {"OTEL_BSP_SCHEDULE_DELAY", "250"},
                                      {"OTEL_BSP_EXPORT_TIMEOUT", "4000"}});
  EXPECT_EQ(config.batch.max_queued_spans, 100u);
  EXPECT_EQ(config.batch.max_batch_spans, 100u);
  EXPECT_EQ(config.batch.delay, absl::Milliseconds(250));
  EXPECT_EQ(config.batch.max_export, absl::Seconds(4));
}

TEST(TracingConfigTest, WrongValueNamesVariableAndWhatWasExpected) {
  const struct {
    const char* name;
    const char* value;
    const char* expected;
  } rows[] = {
      {"OTEL_SDK_DISABLED", "yes", "true or false"},
      {"OTEL_TRACES_EXPORTER", "zipkin", "otlp, none"},
      {"OTEL_TRACES_EXPORTER", "otlp,console", "otlp, none"},
      {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
       "grpc, the only protocol that is supported"},
      {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "GRPC",
       "grpc, the only protocol that is supported"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/v1/traces",
       "http://HOST:PORT or https://HOST:PORT, without a path: OTLP over gRPC "
       "has none"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:password@collector:4317",
       "http://HOST:PORT or https://HOST:PORT, without a path: OTLP over gRPC "
       "has none"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:0",
       "http://HOST:PORT or https://HOST:PORT, without a path: OTLP over gRPC "
       "has none"},
      {"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "none, gzip"},
      {"OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "milliseconds from 1 to 600000"},
      {"OTEL_EXPORTER_OTLP_TIMEOUT", "0", "milliseconds from 1 to 600000"},
      {"OTEL_BSP_SCHEDULE_DELAY", "600001", "milliseconds from 1 to 600000"},
      {"OTEL_BSP_MAX_QUEUE_SIZE", "0", "an integer from 1 to 100000"},
      {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2049", "an integer from 1 to 2048"},
      {"OTEL_TRACES_SAMPLER", "jaeger_remote",
       "parentbased_always_on, parentbased_always_off, "
       "parentbased_traceidratio, always_on, always_off, traceidratio"},
      {"OTEL_RESOURCE_ATTRIBUTES", "a", "key=value pairs, separated by commas"},
      {"OTEL_RESOURCE_ATTRIBUTES", "a=%zz",
       "percent-encoded values: two hex digits after each %"},
      {"OTEL_RESOURCE_ATTRIBUTES", "a=%ff", "UTF-8 of at most 1024 bytes each"},
      {"OTEL_SERVICE_NAME", "\xff", "UTF-8 of at most 1024 bytes each"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ErrorOf({{row.name, row.value}}),
              absl::StrCat(row.name, ": expected ", row.expected))
        << row.value;
  }
  for (const char* ratio : {"1.5", "-1", "nan", "10%"}) {
    EXPECT_EQ(ErrorOf({{"OTEL_TRACES_SAMPLER", "traceidratio"},
                       {"OTEL_TRACES_SAMPLER_ARG", ratio}}),
              "OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1");
  }
}

TEST(TracingConfigTest, ClientKeyAndCertificateRequireEachOther) {
  EXPECT_EQ(ErrorOf({{"OTEL_EXPORTER_OTLP_CLIENT_KEY", "key.pem"}}),
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: expected a file, since "
            "there is one in OTEL_EXPORTER_OTLP_CLIENT_KEY");
  EXPECT_EQ(
      ErrorOf({{"OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "cert.pem"}}),
      "OTEL_EXPORTER_OTLP_CLIENT_KEY: expected a file, since there is one in "
      "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE");
}

}  // namespace
}  // namespace wriftai
