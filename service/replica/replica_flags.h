#ifndef WRIFTAI_SERVICE_REPLICA_REPLICA_FLAGS_H_
#define WRIFTAI_SERVICE_REPLICA_REPLICA_FLAGS_H_

#include <string>

#include "absl/status/status.h"
#include "base/flag_set.h"
#include "service/replica/replica_config.h"

namespace wriftai {

// Adds the flags of replicas that act as one. `config` must outlive
// FlagSet::Parse().
void AddReplicaFlags(FlagSet& flags, ReplicaConfig& config);

// Checks which flags require each other. `webhook_address`: that of the webhook
// port; empty if it is off. INVALID_ARGUMENT: names the flags.
absl::Status CheckReplica(const FlagSet& flags, const ReplicaConfig& config,
                          const std::string& webhook_address);

// Reads the files that the settings name. INVALID_ARGUMENT: names the flag.
absl::Status CheckReplicaFiles(const ReplicaConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_REPLICA_FLAGS_H_
