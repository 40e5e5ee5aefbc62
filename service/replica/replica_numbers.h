#ifndef WRIFTAI_SERVICE_REPLICA_REPLICA_NUMBERS_H_
#define WRIFTAI_SERVICE_REPLICA_REPLICA_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "service/peers/hop_times.h"
#include "service/replica/measured_calls.h"
#include "service/replica/measured_store.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/vouching.h"

namespace wriftai {

// How many tenures began and ended since the process started. A value.
struct TenureStats {
  int64_t begun = 0;
  int64_t ended = 0;
};

// What became of webhooks for other replicas since the process started. A
// value.
struct WebhookRelayStats {
  int64_t posted = 0;   // The owner has accepted it.
  int64_t retried = 0;  // Attempts that failed.
  int64_t dropped = 0;  // Given up.
};

// A snapshot of what a replica knows of its cluster. A value.
struct ReplicaNumbers {
  struct Member {
    std::string session;
    std::string address;
    std::string build;
    size_t owned = 0;  // Credentials.
    bool is_this = false;
  };
  struct Owned {
    std::string credential;  // Its name if it is in use here, else its tag.
    std::string session;     // Of the owner.
    int64_t epoch = 0;
  };

  // At most so many are listed.
  static constexpr size_t kMaxListed = 100;

  std::string cluster_name;
  std::string session;  // Empty: none.
  bool is_admitted = false;
  bool is_certain = false;
  absl::Duration certainty_age;  // Since the last good read, if in a session.
  size_t owned = 0;              // Credentials, by this replica.
  size_t in_use = 0;             // Credentials.
  size_t attempts = 0;           // Creates being sent or recorded.
  size_t member_count = 0;
  std::vector<Member> members;
  std::vector<Owned> owners;

  cluster::SessionStats sessions;
  cluster::VouchingStats vouching;
  TenureStats tenures;
  StoreStats store;
  ForwardedStats forwarded;
  HopTimes hops;
  WebhookRelayStats webhooks;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_REPLICA_NUMBERS_H_
