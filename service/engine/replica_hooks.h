#ifndef WRIFTAI_SERVICE_ENGINE_REPLICA_HOOKS_H_
#define WRIFTAI_SERVICE_ENGINE_REPLICA_HOOKS_H_

#include "service/engine/credential_ownership.h"
#include "service/engine/owner_calls.h"
#include "upstream/create/create_records.h"

namespace wriftai {

// What an engine needs to act as one with other replicas. An engine without it
// is alone: it owns every credential, and nothing of this costs anything.
//
// - `ownership`: TenureOwnership, over cluster::Tenures. One object.
// - `calls`: PeerClient.
// - `waits`: PeerWait, one for each Start(), at OwnerDirectory::Find().
// - `records`: StoredCreates, over cluster::RequestRecords.
//
// On the port for replicas, the service sets CallContext::forwarded once its
// gate has accepted a call. Such a call goes no further: if the credential is
// lost before it is sent, it ends UNAVAILABLE (NOT_OWNER).
//
// Threads: loop. All must outlive the engine.
struct ReplicaHooks {
  CredentialOwnership& ownership;
  OwnerCalls& calls;
  OwnerWaits& waits;
  CreateRecords& records;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_REPLICA_HOOKS_H_
