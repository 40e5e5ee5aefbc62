#include "service/tracing/tracing_config.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/host_port.h"
#include "base/utf8.h"
#include "service/tracing/otel_variables.h"

namespace wriftai {
namespace {

using Variable = OtelVariables::Variable;

// The port of OTLP over gRPC.
constexpr int kDefaultPort = 4317;

// Longer than any of these times is useful.
constexpr absl::Duration kMaxDelay = absl::Minutes(10);

// Several times the defaults; their memory is bounded anyway (SpanBatcher).
constexpr int64_t kMaxSpans = 100'000;

// gRPC servers accept 8 KiB of metadata.
constexpr size_t kMaxHeaderBytes = 4096;

constexpr size_t kMaxAttributes = 128;  // As OpenTelemetry's limit for spans.
constexpr size_t kMaxAttributeBytes = 1024;

bool HasPort(absl::string_view address) {
  const size_t colon = address.rfind(':');
  return colon != absl::string_view::npos &&
         address.find(']', colon) == absl::string_view::npos;
}

// Sets address and TLS by an http or https URL, or by HOST:PORT as gRPC takes
// it, whose TLS OTEL_EXPORTER_OTLP_INSECURE turns off.
void ReadEndpoint(OtelVariables& variables, CollectorConfig& config) {
  const Variable endpoint = variables.FindOtlp("ENDPOINT");
  if (!endpoint.set()) return;
  absl::string_view address = endpoint.value;
  if (absl::ConsumePrefix(&address, "https://")) {
    config.tls = true;
  } else if (!absl::ConsumePrefix(&address, "http://")) {
    bool insecure = false;
    variables.Read(variables.FindOtlp("INSECURE"), insecure);
    config.tls = !insecure;
  }
  absl::ConsumeSuffix(&address, "/");
  config.address = HasPort(address) ? std::string(address)
                                    : absl::StrCat(address, ":", kDefaultPort);
  // It may contain a password, so the error does not quote it.
  if (!IsHostPort(config.address) || PortOf(config.address) == 0 ||
      HostOf(config.address).empty()) {
    variables.Fail(endpoint,
                   "http://HOST:PORT or https://HOST:PORT, without a path: "
                   "OTLP over gRPC has none");
  }
}

// Of the connection or of gRPC itself, which fails each export that sets one.
constexpr std::array<absl::string_view, 10> kReservedHeaders = {
    "connection", "content-length",   "content-type", "host",
    "keep-alive", "proxy-connection", "te",           "transfer-encoding",
    "upgrade",    "user-agent"};

bool IsHeaderKey(absl::string_view key) {
  return !absl::StartsWith(key, "grpc-") && !absl::EndsWith(key, "-bin") &&
         std::find(kReservedHeaders.begin(), kReservedHeaders.end(), key) ==
             kReservedHeaders.end() &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                  c == '-' || c == '_' || c == '.';
         });
}

bool IsHeaderValue(absl::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~'; });
}

void ReadHeaders(OtelVariables& variables, CollectorConfig& config) {
  const Variable headers = variables.FindOtlp("HEADERS");
  OtelVariables::Pairs pairs;
  variables.ReadPairs(headers, pairs);
  size_t bytes = 0;
  for (auto& [key, value] : pairs) {
    absl::AsciiStrToLower(&key);
    if (!IsHeaderKey(key) || !IsHeaderValue(value)) {
      return variables.Fail(
          headers,
          "names of letters, digits and -_. that neither begin with grpc- nor "
          "end in -bin, and are not gRPC's own, such as host, te, content-type "
          "and user-agent; with values of printable ASCII");
    }
    bytes += key.size() + value.size();
    config.headers.emplace_back(key, Secret(std::move(value)));
  }
  if (bytes > kMaxHeaderBytes) {
    variables.Fail(headers,
                   absl::StrCat("at most ", kMaxHeaderBytes, " bytes"));
  }
}

void ReadCollector(OtelVariables& variables, TracingConfig& config) {
  CollectorConfig& collector = config.collector;
  const Variable protocol = variables.FindOtlp("PROTOCOL");
  if (protocol.set() && protocol.value != "grpc") {
    variables.Fail(protocol, "grpc, the only protocol that is supported");
  }
  ReadEndpoint(variables, collector);
  ReadHeaders(variables, collector);
  size_t compression = 0;
  variables.ReadOneOf(variables.FindOtlp("COMPRESSION"), {"none", "gzip"},
                      compression);
  collector.gzip = compression == 1;
  variables.ReadMilliseconds(variables.FindOtlp("TIMEOUT"), kMaxDelay,
                             config.batch.max_attempt);
  const Variable key = variables.FindOtlp("CLIENT_KEY");
  const Variable cert = variables.FindOtlp("CLIENT_CERTIFICATE");
  collector.ca_file = std::string(variables.FindOtlp("CERTIFICATE").value);
  collector.cert_file = std::string(cert.value);
  collector.key_file = std::string(key.value);
  if (key.set() != cert.set()) {
    variables.Fail(
        key.set() ? cert : key,
        "a file, since there is one in " + (key.set() ? key.name : cert.name));
  }
}

void ReadBatch(OtelVariables& variables, BatchOptions& batch) {
  variables.ReadMilliseconds(variables.Find("OTEL_BSP_SCHEDULE_DELAY"),
                             kMaxDelay, batch.delay);
  variables.ReadMilliseconds(variables.Find("OTEL_BSP_EXPORT_TIMEOUT"),
                             kMaxDelay, batch.max_export);
  auto queued = static_cast<int64_t>(batch.max_queued_spans);
  variables.Read(variables.Find("OTEL_BSP_MAX_QUEUE_SIZE"), 1, kMaxSpans,
                 queued);
  int64_t size = std::min(static_cast<int64_t>(batch.max_batch_spans), queued);
  // A batch is a part of the queue.
  variables.Read(variables.Find("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), 1, queued,
                 size);
  batch.max_queued_spans = static_cast<size_t>(queued);
  batch.max_batch_spans = static_cast<size_t>(size);
}

void ReadSampler(OtelVariables& variables, TracingConfig& config) {
  // In this order, parent-based ones first.
  enum Kind : size_t { kOn, kOff, kRatio, kKinds };
  size_t chosen = kOn;
  variables.ReadOneOf(
      variables.Find("OTEL_TRACES_SAMPLER"),
      {"parentbased_always_on", "parentbased_always_off",
       "parentbased_traceidratio", "always_on", "always_off", "traceidratio"},
      chosen);
  config.parent_based = chosen < kKinds;
  if (chosen % kKinds == kOff) config.sampling_ratio = 0;
  if (chosen % kKinds == kRatio) {
    variables.Read(variables.Find("OTEL_TRACES_SAMPLER_ARG"), 0, 1,
                   config.sampling_ratio);
  }
}

void ReadResource(OtelVariables& variables, TracingConfig& config) {
  const Variable attributes = variables.Find("OTEL_RESOURCE_ATTRIBUTES");
  OtelVariables::Pairs pairs;
  variables.ReadPairs(attributes, pairs);
  const Variable name = variables.Find("OTEL_SERVICE_NAME");
  std::map<std::string, std::string> unique = {
      {"service.name", "wriftai-gateway"}};
  for (auto& [key, value] : pairs) unique[key] = std::move(value);
  if (name.set()) unique["service.name"] = std::string(name.value);
  for (auto& [key, value] : unique) {
    const Variable& source =
        name.set() && key == "service.name" ? name : attributes;
    if (key.size() > kMaxAttributeBytes || value.size() > kMaxAttributeBytes ||
        !IsUtf8(key) || !IsUtf8(value)) {
      variables.Fail(source, absl::StrCat("UTF-8 of at most ",
                                          kMaxAttributeBytes, " bytes each"));
    }
    config.resource.emplace_back(key, value);
  }
  if (unique.size() > kMaxAttributes) {
    variables.Fail(attributes,
                   absl::StrCat("at most ", kMaxAttributes, " attributes"));
  }
}

}  // namespace

absl::StatusOr<TracingConfig> ReadTracingVariables(
    const FlagSet::Environment& environment) {
  OtelVariables variables(environment);
  TracingConfig config;
  bool disabled = false;
  variables.Read(variables.Find("OTEL_SDK_DISABLED"), disabled);
  const Variable exporter = variables.Find("OTEL_TRACES_EXPORTER");
  enum : size_t { kOtlp, kNone };
  size_t kind = variables.FindOtlp("ENDPOINT").set() ? kOtlp : kNone;
  variables.ReadOneOf(exporter, {"otlp", "none"}, kind);
  config.enabled = !disabled && kind == kOtlp;
  if (config.enabled) {
    ReadCollector(variables, config);
    ReadBatch(variables, config.batch);
    ReadSampler(variables, config);
    ReadResource(variables, config);
  }
  if (!variables.status().ok()) return variables.status();
  return config;
}

}  // namespace wriftai
