#ifndef WRIFTAI_UPSTREAM_CLUSTER_BOOK_ENTRY_H_
#define WRIFTAI_UPSTREAM_CLUSTER_BOOK_ENTRY_H_

#include <cstdint>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/store.h"

namespace wriftai::cluster {

// This process's entry in the book: the address at which new replicas find it,
// also while it is cut off from the store and its sessions have ended. It
// outlives the process by up to ClusterTimes::book_ttl.
//
// Threads: loop. Owns: its call. EventLoop and Store must outlive it.
class BookEntry {
 public:
  BookEntry(EventLoop& event_loop, Store& store, const ClusterTimes& times,
            std::string key);

  // Whether it is old enough to be written again.
  bool IsDue() const {
    return event_loop_.Now() - written_at_ >= times_.book_interval;
  }

  bool writing() const { return done_ != nullptr; }

  // Writes it, under a lease of its own. `address`: of the port for peers.
  // `done` runs once, from the loop, unless this is destroyed or Write() is
  // called again. Fails: as Store.
  void Write(std::string address, absl::AnyInvocable<void(absl::Status)> done);

 private:
  void PutUnder(int64_t lease, std::string address);
  void Finish(absl::Status status);

  EventLoop& event_loop_;
  Store& store_;
  const ClusterTimes times_;
  const std::string key_;
  absl::Time written_at_ = absl::InfinitePast();
  absl::AnyInvocable<void(absl::Status)> done_;
  CallHandle call_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_BOOK_ENTRY_H_
