#include "tests/service/engine/simulation/engine_node.h"

#include <utility>

namespace wriftai {
namespace {

EngineOptions Options() {
  EngineOptions options;
  options.upstream.base_url = "http://upstream/v1";
  return options;
}

}  // namespace

EngineNode::EngineNode(SimLinks& links, SimUpstream& upstream, size_t slot,
                       cluster::SimLoop& loop, cluster::SimNode& node)
    : links_(links),
      slot_(slot),
      loop_(loop),
      node_(node),
      transport_(links.cluster(), slot, loop, upstream),
      ownership_(loop, "sim", node.view, node.session, node.reachability,
                 node.lookup),
      creates_(loop, "sim", node.requests),
      owner_calls_(links, slot, loop, ownership_),
      owner_waits_(links, slot, loop, ownership_),
      hooks_{ownership_, owner_calls_, owner_waits_, creates_},
      engine_(Options(), nullptr, loop, transport_,
              static_cast<uint64_t>(1e9 * links.cluster().random.Uniform()),
              nullptr, nullptr, nullptr, &hooks_) {
  ownership_.Start(node.tenures);
  node.observer = &ownership_;
  node.view.set_observer(ownership_);
  node.find_owners = [this](const cluster::FindOwnersRequest& request) {
    return ownership_.Answer(request);
  };
  links_.Listen(slot_, this);
}

EngineNode::~EngineNode() {
  links_.Listen(slot_, nullptr);
  running_.clear();
}

int64_t EngineNode::Keep(std::shared_ptr<void> running) {
  running_[++next_key_] = std::move(running);
  return next_key_;
}

void EngineNode::Drop(int64_t key) {
  loop_.Post([this, key] { running_.erase(key); });
}

void EngineNode::Drain(absl::Duration grace, std::function<void()> done) {
  engine_.BeginDrain(loop_.Now() + grace);
  close_ = loop_.RunAt(loop_.Now() + grace + absl::Milliseconds(100),
                       [this, done = std::move(done)]() mutable {
                         node_.session.Close(std::move(done));
                       });
}

}  // namespace wriftai
