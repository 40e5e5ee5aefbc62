#include "tests/service/engine/simulation/sim_links.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "tests/service/engine/simulation/engine_node.h"

namespace wriftai {

size_t SlotOf(const TenureOwnership::Owner& owner) {
  size_t slot = 0;
  (void)absl::SimpleAtoi(owner.address, &slot);
  return slot;
}

void SimLinks::Listen(size_t slot, EngineNode* node) {
  nodes_[slot] = node;
  if (node != nullptr) return;
  for (auto next = open_.begin(); next != open_.end();) {
    const auto open = next++;
    if (open->second.slot != slot) continue;
    open->second.loop->RunIn(Delay(), std::move(open->second.broken));
    open_.erase(open);
  }
}

bool SimLinks::Loses(size_t from, size_t to) {
  return cluster_.now() < cluster_.faults.link_cut[from][to] ||
         cluster_.faults.Loses(cluster_.now(), cluster_.random);
}

absl::Duration SimLinks::Delay() {
  return cluster_.faults.LinkDelay(cluster_.now(), cluster_.random);
}

void SimLinks::Send(size_t from, size_t to, cluster::SimLoop& sender,
                    std::function<void(EngineNode&)> arrive,
                    std::function<void()> refused) {
  if (Loses(from, to)) return;
  cluster_.RunIn(Delay(), [this, to, &sender, arrive = std::move(arrive),
                           refused = std::move(refused)] {
    EngineNode* const node = nodes_[to];
    if (node == nullptr) return sender.RunIn(Delay(), refused);
    // A stopped process receives it when it wakes.
    node->loop().RunIn(absl::ZeroDuration(), [node, arrive] { arrive(*node); });
  });
}

bool SimLinks::Respond(size_t from, size_t to, cluster::SimLoop& receiver,
                       absl::Time* last, std::function<void()> task) {
  if (Loses(from, to)) return false;
  absl::Time at = cluster_.now() + Delay();
  if (last != nullptr) *last = at = std::max(at, *last);
  receiver.RunIn(at - cluster_.now(), std::move(task));
  return true;
}

int64_t SimLinks::OnBroken(size_t slot, cluster::SimLoop& loop,
                           std::function<void()> broken) {
  open_[++next_key_] = {slot, &loop, std::move(broken)};
  return next_key_;
}

}  // namespace wriftai
