#include "tests/upstream/cluster/simulation/sim_cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::cluster {

SimCluster::SimCluster(uint64_t seed, CoordinationOutage outage)
    : random(seed), outage_(outage) {}

SimCluster::~SimCluster() = default;

void SimCluster::Start(size_t slot, absl::Duration delay) {
  if (delay > absl::ZeroDuration()) {
    return RunIn(delay, [this, slot] { Start(slot); });
  }
  Slot& place = slots_[slot];
  if (place.node != nullptr) return;
  place.loop = std::make_unique<SimLoop>(queue_);
  place.started_at = now();
  place.woke_at = now();
  place.node = std::make_unique<SimNode>(*place.loop, slot,
                                         absl::StrCat("p", ++processes_), store,
                                         network_, keys_, times, outage_);
  if (attach) place.attached = attach(slot, *place.loop, *place.node);
}

void SimCluster::Kill(size_t slot) {
  Slot& place = slots_[slot];
  if (place.node == nullptr) return;
  network_.Listen(slot, nullptr, {});
  place.loop->Kill();
  place.attached.reset();
  place.node.reset();
  killed_.push_back(std::move(place.loop));
}

void SimCluster::Stop(size_t slot, absl::Duration duration) {
  Slot& place = slots_[slot];
  if (place.node == nullptr) return;
  const absl::Time until =
      std::max(place.loop->stopped_until(), now() + duration);
  place.loop->StopUntil(until);
  place.woke_at = until;
}

}  // namespace wriftai::cluster
