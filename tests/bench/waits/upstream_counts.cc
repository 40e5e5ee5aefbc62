#include "tests/bench/waits/upstream_counts.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sandbox/caller.h"
#include "sandbox/json.h"
#include "tests/bench/waits/scene.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::bench {
namespace {

using sandbox::JsonValue;

std::string Text(const JsonValue& object, absl::string_view name) {
  const auto member = object.Find(name);
  return member.has_value() ? member->AsString().value_or("") : "";
}

int64_t Count(const JsonValue& object, absl::string_view name) {
  const auto member = object.Find(name);
  return member.has_value() ? member->AsInteger().value_or(0) : 0;
}

UpstreamCounts::Seconds ReadSeconds(const JsonValue& client) {
  UpstreamCounts::Seconds seconds;
  const auto items = client.Find("seconds");
  if (!items.has_value()) return seconds;
  for (const JsonValue& item : items->Items()) {
    sandbox::SecondCounts& counts = seconds[Count(item, "second")];
    counts.reads = Count(item, "reads");
    counts.reads_refused = Count(item, "reads_refused");
    counts.creates = Count(item, "creates");
    counts.creates_refused = Count(item, "creates_refused");
  }
  return seconds;
}

Sender SenderOf(absl::string_view user_agent) {
  if (user_agent == kNaiveAgent) return Sender::kNaive;
  if (user_agent == kConsumerAgent) return Sender::kConsumer;
  return Sender::kGateway;
}

}  // namespace

absl::StatusOr<UpstreamCounts> UpstreamCounts::Parse(const std::string& stats) {
  const auto parsed = sandbox::ParseJson(stats);
  const auto* const json = std::get_if<JsonValue>(&parsed);
  const auto clients = json == nullptr ? std::nullopt : json->Find("clients");
  if (!clients.has_value()) {
    return absl::InternalError("the sandbox's statistics lack clients");
  }
  UpstreamCounts counts;
  for (const JsonValue& client : clients->Items()) {
    counts.clients_[{Text(client, "token"), Text(client, "user_agent")}] =
        ReadSeconds(client);
  }
  return counts;
}

absl::StatusOr<UpstreamCounts> UpstreamCounts::Fetch(const std::string& api) {
  CurlEventLoop loop;
  HttpRequest request;
  request.url = absl::StrCat(absl::StripSuffix(api, "/v1"), "/sandbox/stats");
  const auto stats = bench::Fetch(loop, std::move(request));
  if (!stats.ok()) return stats.status();
  return Parse(*stats);
}

UpstreamCounts::Seconds UpstreamCounts::By(absl::string_view token,
                                           Sender sender) const {
  const std::string shown =
      sandbox::RedactedAuthorization(absl::StrCat("Bearer ", token));
  Seconds sum;
  for (const auto& [client, seconds] : clients_) {
    if (client.first != shown || SenderOf(client.second) != sender ||
        client.second == kHarnessAgent) {
      continue;
    }
    for (const auto& [second, counts] : seconds) {
      sandbox::SecondCounts& total = sum[second];
      total.reads += counts.reads;
      total.reads_refused += counts.reads_refused;
      total.creates += counts.creates;
      total.creates_refused += counts.creates_refused;
    }
  }
  return sum;
}

int64_t Reads(const UpstreamCounts::Seconds& seconds) {
  int64_t reads = 0;
  for (const auto& [second, counts] : seconds) {
    reads += counts.reads + counts.reads_refused;
  }
  return reads;
}

int64_t Refused(const UpstreamCounts::Seconds& seconds,
                const std::set<int64_t>& except) {
  int64_t refused = 0;
  for (const auto& [second, counts] : seconds) {
    if (except.count(second) == 0) {
      refused += counts.reads_refused + counts.creates_refused;
    }
  }
  return refused;
}

}  // namespace wriftai::bench
