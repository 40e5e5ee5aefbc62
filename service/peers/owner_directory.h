#ifndef WRIFTAI_SERVICE_PEERS_OWNER_DIRECTORY_H_
#define WRIFTAI_SERVICE_PEERS_OWNER_DIRECTORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/credential.h"

namespace wriftai {

// The replica that owns a credential.
struct PeerOwner {
  std::string address;  // HOST:PORT of its port for replicas.
  int64_t epoch = 0;    // Of its tenure.
  // The tags of this replica's own tokens, if the credential is the gateway's.
  std::vector<std::string> own_tags = {};
};

// Which replica owns a credential, as far as this one knows.
//
// Threads: loop. Fails: never.
class OwnerDirectory {
 public:
  virtual ~OwnerDirectory() = default;

  // nullopt: no replica owns it, the owner is not known, or it is this replica.
  virtual std::optional<PeerOwner> Find(const Credential& credential) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_OWNER_DIRECTORY_H_
