#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_FAULTS_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_FAULTS_H_

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/time/time.h"
#include "base/random.h"

namespace wriftai::cluster {

inline constexpr size_t kMaxSlots = 6;

// What is broken, and until when. A slot is a place where processes run one
// after the other, such as a pod.
struct SimFaults {
  using PerSlot = std::array<absl::Time, kMaxSlots>;

  SimFaults() {
    for (PerSlot* const slots : {&cut, &stuck}) {
      slots->fill(absl::InfinitePast());
    }
    for (PerSlot& slots : link_cut) slots.fill(absl::InfinitePast());
    for (PerSlot& slots : link_was_bad) slots.fill(absl::InfinitePast());
  }

  // Between the slot and the store: nothing arrives.
  PerSlot cut;
  // The slot's member of the store hangs, but confirms every KeepAlive.
  PerSlot stuck;
  // The whole store does not run; its leases restart afterwards.
  absl::Time store_down = absl::InfinitePast();
  // The whole store hangs: it answers, and ends leases, afterwards.
  absl::Time store_hangs = absl::InfinitePast();
  // Delays up to a second, so messages overtake each other. Links are slow,
  // too.
  absl::Time slow = absl::InfinitePast();
  // One message of five is lost.
  absl::Time lossy = absl::InfinitePast();
  // Messages between slots take so long that responses may come too late, but
  // every request arrives.
  absl::Time slow_links = absl::InfinitePast();

  // Between two slots; both orders are set.
  std::array<PerSlot, kMaxSlots> link_cut;
  // The last time at which a message between two slots was or could be lost.
  std::array<PerSlot, kMaxSlots> link_was_bad;

  void CutLink(size_t a, size_t b, absl::Time until) {
    for (auto* const end : {&link_cut[a][b], &link_cut[b][a],
                            &link_was_bad[a][b], &link_was_bad[b][a]}) {
      *end = std::max(*end, until);
    }
  }
  void LoseMessages(absl::Time until) {
    lossy = std::max(lossy, until);
    for (PerSlot& ends : link_was_bad) {
      for (absl::Time& end : ends) end = std::max(end, until);
    }
  }

  absl::Duration Delay(absl::Time now, Random& random) const {
    const double max = now < slow ? 1 : 0.005;
    return absl::Seconds(0.0003 + max * random.Uniform());
  }
  absl::Duration LinkDelay(absl::Time now, Random& random) const {
    if (now >= std::max(slow, slow_links)) return Delay(now, random);
    // Within the deadline of a call.
    return absl::Seconds(0.0003 + 0.55 * random.Uniform());
  }
  bool Loses(absl::Time now, Random& random) const {
    return now < lossy && random.Uniform() < 0.2;
  }
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_SIM_FAULTS_H_
