#include "service/connection_limits.h"

#include <cstddef>
#include <cstdint>

#include "service/admin/admin_server.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_server.h"
#include "service/webhook/webhook_server.h"
#include "spdlog/spdlog.h"

namespace wriftai {

DescriptorBudget LimitConnections(Config& config) {
  size_t limit = RaiseFdLimit();
  // The sandbox holds the other end of each upstream connection.
  if (config.sandbox) limit -= limit / 4;
  ServerConfig& server = config.server;
  DescriptorBudget requested;
  requested.upstream = static_cast<size_t>(config.max_connections);
  requested.callers = static_cast<size_t>(server.max_caller_connections);
  if (!server.health_address.empty()) {
    requested.health = static_cast<size_t>(server.max_health_connections);
  }
  if (!config.http_address.empty()) {
    requested.admin = AdminServer::Options().max_connections;
  }
  if (!config.webhooks.address.empty()) {
    requested.webhooks = WebhookServer::Options().max_connections;
  }
  if (config.replica.enabled()) {
    requested.peers =
        PeerServerConfig().max_connections + PeerChannels::kMaxChannels;
  }
  const DescriptorBudget limits = DivideDescriptors(limit, requested);
  if (limits.callers < requested.callers ||
      limits.upstream < requested.upstream) {
    spdlog::warn(
        "the limit of open files (ulimit -n) allows only {} caller connections "
        "(--max_caller_connections is {}) and {} upstream connections "
        "(--max_connections is {})",
        limits.callers, requested.callers, limits.upstream, requested.upstream);
  }
  config.max_connections = static_cast<int64_t>(limits.upstream);
  server.max_caller_connections = static_cast<int64_t>(limits.callers);
  server.max_health_connections = static_cast<int64_t>(limits.health);
  return limits;
}

}  // namespace wriftai
