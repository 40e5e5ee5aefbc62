#ifndef WRIFTAI_BASE_DELIVERED_BYTES_H_
#define WRIFTAI_BASE_DELIVERED_BYTES_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace wriftai {

// How many bytes of each connection were delivered as calls. A connection that
// has received many more bytes than that fills memory with something else.
// Keyed by the peer's ADDRESS:PORT.
//
// Threads: any. Bounded: at most kMaxPeers; Retain() drops closed ones. Fails:
// never.
class DeliveredBytes {
 public:
  // Above the connection limit of the gRPC port.
  static constexpr size_t kMaxPeers = 100'000;

  // `peer`: as gRPC writes it ("ipv4:192.0.2.1:4711", "ipv6:%5B::1%5D:4711").
  void Add(absl::string_view peer, int64_t bytes);

  // `peer`: ADDRESS:PORT, without brackets.
  int64_t Get(const std::string& peer) const;

  // Removes all other peers.
  void Retain(const std::set<std::string>& peers);

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, int64_t> bytes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_DELIVERED_BYTES_H_
