#include "client/output/error_details.h"

#include <algorithm>

#include "client/output/text.h"

namespace wriftai::client {

std::optional<std::string> CreatedId(const grpc::Status& status) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return std::nullopt;
  const auto id = info->metadata().find("prediction_id");
  if (id == info->metadata().end()) return std::nullopt;
  return id->second;
}

std::optional<absl::Duration> RetryDelay(const grpc::Status& status) {
  const auto info = FindDetail<google::rpc::RetryInfo>(status);
  if (!info.has_value() || !info->has_retry_delay()) return std::nullopt;
  return std::clamp(FromProto(info->retry_delay()), absl::ZeroDuration(),
                    kMaxRetryDelay);
}

}  // namespace wriftai::client
