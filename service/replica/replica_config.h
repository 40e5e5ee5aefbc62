#ifndef WRIFTAI_SERVICE_REPLICA_REPLICA_CONFIG_H_
#define WRIFTAI_SERVICE_REPLICA_REPLICA_CONFIG_H_

#include <string>

#include "service/etcd/etcd_config.h"
#include "service/peers/peer_tls.h"
#include "upstream/cluster/cluster_times.h"

namespace wriftai {

// The settings of replicas that act as one. Without endpoints of etcd, this
// process acts alone. A value.
struct ReplicaConfig {
  EtcdConfig etcd;

  // The first part of all keys in etcd. Replicas with the same name act as one.
  std::string cluster_name = "wriftai-gateway";

  std::string peer_address;    // HOST:PORT of the port for other replicas.
  std::string peer_advertise;  // Where they reach it; empty: peer_address.
  PeerTlsConfig peer_tls;

  // HOST:PORT where other replicas reach the webhook port; empty: its address.
  std::string webhook_advertise;

  cluster::CoordinationOutage outage = cluster::CoordinationOutage::kServe;

  bool enabled() const { return !etcd.endpoints.empty(); }
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_REPLICA_CONFIG_H_
