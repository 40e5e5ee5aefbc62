#include "upstream/cluster/introductions.h"

namespace wriftai::cluster {

Introductions::Introductions(EventLoop& event_loop, PeerLink& link,
                             const ClusterTimes& times, const ClusterView& view,
                             Session& session)
    : event_loop_(event_loop),
      link_(link),
      times_(times),
      view_(view),
      session_(session) {}

absl::Time Introductions::joined_until() const {
  if (untried_ > 0) return absl::InfiniteFuture();
  return joined_at_ + times_.unreleased_pause();
}

void Introductions::OnSessionBegan() {
  joined_at_ = event_loop_.Now();
  for (const auto& [node, address] : view_.book()) {
    if (session_.IsOwn(node, address)) continue;
    unanswered_.try_emplace(address);
  }
  untried_ = unanswered_.size();
  OnTick();
}

void Introductions::OnSessionEnded() {
  tick_.reset();
  unanswered_.clear();
}

void Introductions::OnTick() {
  const absl::Time now = event_loop_.Now();
  // By then the entries have left the book.
  if (now >= session_.began_at() + times_.book_ttl) unanswered_.clear();
  if (unanswered_.empty()) return;
  tick_ = event_loop_.RunAt(
      now + (now < joined_until() ? times_.read_interval
                                  : times_.introduction_interval),
      [this] { OnTick(); });
  for (auto& [address, introduction] : unanswered_) {
    if (introduction.call != nullptr) continue;
    introduction.call = link_.Vouch(
        address, {session_.AsPeer()}, now + times_.store_deadline,
        [this, key = address](const absl::StatusOr<VouchResponse>& response) {
          OnResponse(key, response);
        });
  }
}

void Introductions::OnResponse(const std::string& address,
                               const absl::StatusOr<VouchResponse>& response) {
  const absl::Time now = event_loop_.Now();
  const auto found = unanswered_.find(address);
  const bool is_first = !found->second.failed;
  // Also after a failure: a call that this replica, stopped meanwhile, could
  // not repeat is no reason to grant.
  if (is_first || (response.ok() && now < joined_until())) joined_at_ = now;
  if (is_first) --untried_;
  if (!response.ok()) {
    found->second.failed = true;
    found->second.call.reset();  // OnTick() repeats it.
    return;
  }
  const bool ended = response->ended;
  unanswered_.erase(found);
  if (ended) session_.OnSeenEnded();
}

}  // namespace wriftai::cluster
