#include "sandbox/control_api.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/host_port.h"
#include "sandbox/fault_json.h"
#include "sandbox/json.h"
#include "sandbox/prediction_json.h"
#include "sandbox/validation_errors.h"

namespace wriftai::sandbox {
namespace {

constexpr absl::string_view kRoot = "/sandbox/";

std::string CountsJson(const std::map<std::string, int64_t>& counts) {
  JsonObject object;
  for (const auto& [name, count] : counts) object.Number(name, count);
  return object.Take();
}

std::string RequestCountsJson(const TrafficStats& traffic) {
  std::vector<std::string> rows;
  for (const auto& [key, count] : traffic.requests) {
    const auto& [method, route, status] = key;
    rows.push_back(JsonObject()
                       .String("method", method)
                       .String("route", route)
                       .Number("status", status)
                       .Number("count", count)
                       .Take());
  }
  return JsonArray(rows);
}

std::string ClientsJson(const ClientTraffic& traffic) {
  std::vector<std::string> rows;
  for (const auto& [client, by_second] : traffic.clients()) {
    std::vector<std::string> seconds;
    for (const auto& [second, counts] : by_second) {
      seconds.push_back(JsonObject()
                            .Number("second", second)
                            .Number("reads", counts.reads)
                            .Number("reads_refused", counts.reads_refused)
                            .Number("creates", counts.creates)
                            .Number("creates_refused", counts.creates_refused)
                            .Take());
    }
    rows.push_back(JsonObject()
                       .String("token", client.first)
                       .String("user_agent", client.second)
                       .Raw("seconds", JsonArray(seconds))
                       .Take());
  }
  return JsonArray(rows);
}

std::string RecordedJson(const RecordedRequest& request) {
  std::vector<std::string> headers;
  for (const auto& [name, value] : request.headers) {
    headers.push_back(JsonArray({JsonQuote(name), JsonQuote(value)}));
  }
  return JsonObject()
      .String("time", TimestampText(request.time))
      .String("method", request.method)
      .String("target", request.target)
      .Raw("headers", JsonArray(headers))
      .String("body", request.body)
      .Number("body_bytes", request.body_bytes)
      .Number("status", request.status)
      .Take();
}

std::string WebhooksJson(const WebhookStats& webhooks) {
  return JsonObject()
      .Number("events", webhooks.events)
      .Number("attempts", webhooks.attempts)
      .Number("delivered", webhooks.delivered)
      .Number("failed", webhooks.failed)
      .Number("dropped", webhooks.dropped)
      .Number("duplicated", webhooks.duplicated)
      .Number("reordered", webhooks.reordered)
      .Number("overflowed", webhooks.overflowed)
      .Number("longest_queue", webhooks.longest_queue)
      .Take();
}

bool IsWildcard(absl::string_view host) {
  return host == "0.0.0.0" || host == "::";
}

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || address == "::1" ||
         absl::StartsWith(address, "::ffff:127.");
}

}  // namespace

bool ControlApi::IsFor(const Request& request) {
  return absl::StartsWith(request.path, kRoot);
}

ControlApi::ControlApi(SandboxState* state, std::function<void()> reset)
    : state_(state),
      is_open_(IsWildcard(HostOf(state->options.listen_address))),
      reset_(std::move(reset)) {}

Response ControlApi::Handle(const Request& request) {
  if (!is_open_ && !IsLoopback(request.peer)) {
    return DetailResponse(403, "Only clients on the same machine are allowed");
  }
  const std::string operation =
      absl::StrCat(request.method, " ", request.path.substr(kRoot.size()));
  if (operation == "POST faults") return AddFaults(request);
  if (operation == "DELETE faults") {
    state_->faults.Clear();
    return JsonResponse(200, "null");
  }
  if (operation == "GET stats") {
    return JsonResponse(
        200, StatsJson(state_->traffic.Stats(), state_->webhooks.Stats(),
                       state_->store.size()));
  }
  if (operation == "POST reset") {
    reset_();
    return JsonResponse(200, "null");
  }
  return DetailResponse(404, "Not Found");
}

Response ControlApi::AddFaults(const Request& request) {
  auto faults = ReadFaults(request.body);
  if (!faults.ok()) {
    return DetailResponse(422, faults.status().message());
  }
  for (Fault& fault : *faults) {
    const absl::Status added = state_->faults.Add(std::move(fault));
    if (!added.ok()) return DetailResponse(422, added.message());
  }
  return JsonResponse(200, "null");
}

std::string StatsJson(const TrafficStats& traffic, const WebhookStats& webhooks,
                      size_t predictions_kept) {
  std::vector<std::string> recent;
  for (const RecordedRequest& request : traffic.recent) {
    recent.push_back(RecordedJson(request));
  }
  return JsonObject()
      .Raw("requests", RequestCountsJson(traffic))
      .Raw("rate_limited", CountsJson(traffic.rate_limited))
      .Raw("clients", ClientsJson(traffic.clients))
      .Raw("creates_by_model", CountsJson(traffic.creates_by_model))
      .Number("predictions_created", traffic.predictions_created)
      .Number("predictions_kept", static_cast<int64_t>(predictions_kept))
      .Number("held_now", traffic.held_now)
      .Number("held_most", traffic.held_most)
      .Raw("webhooks", WebhooksJson(webhooks))
      .Raw("recent", JsonArray(recent))
      .Take();
}

}  // namespace wriftai::sandbox
