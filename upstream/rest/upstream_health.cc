#include "upstream/rest/upstream_health.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace wriftai {
namespace {

// nullopt: the result says nothing about the upstream.
std::optional<bool> IsGood(const HttpResult& result, bool by_deadline) {
  if (const auto* const response = std::get_if<HttpResponse>(&result)) {
    return response->status < 500;
  }
  switch (std::get<TransportFailure>(result).kind) {
    case TransportFailure::Kind::kInvalidRequest:
      return std::nullopt;
    case TransportFailure::Kind::kResponseTooLarge:
    case TransportFailure::Kind::kMemoryExhausted:
      return true;
    case TransportFailure::Kind::kTimeout:
      if (by_deadline) return std::nullopt;
      return false;
    case TransportFailure::Kind::kConnect:
    case TransportFailure::Kind::kInterrupted:
    case TransportFailure::Kind::kProtocol:
      return false;
  }
  return std::nullopt;
}

}  // namespace

void UpstreamHealth::OnResult(const HttpResult& result, bool by_deadline) {
  const std::optional<bool> good = IsGood(result, by_deadline);
  if (!good.has_value()) return;
  const bool before = healthy();
  failures_ = *good ? 0 : std::min(failures_ + 1, kUnhealthyThreshold);
  if (healthy() != before && listener_ != nullptr) listener_(healthy());
}

}  // namespace wriftai
