#include "upstream/cluster/vouching.h"

#include <utility>

namespace wriftai::cluster {

Vouching::Vouching(EventLoop& event_loop, PeerLink& link,
                   const ClusterTimes& times, CoordinationOutage outage,
                   const ClusterView& view, KnownPeers& peers, Session& session)
    : event_loop_(event_loop),
      link_(link),
      times_(times),
      outage_(outage),
      view_(view),
      peers_(peers),
      session_(session) {}

Vouching::~Vouching() = default;

VouchResponse Vouching::Answer(const VouchRequest& request) {
  peers_.Add(request.asker);
  VouchResponse response;
  response.ended =
      view_.HasEnded(request.asker.session, request.asker.revision);
  response.peers = peers_.All();
  if (session_.active()) response.peers.push_back(session_.AsPeer());
  return response;
}

void Vouching::OnSessionEnded() {
  tick_.reset();
  round_.reset();
}

void Vouching::OnTick() {
  const absl::Time now = event_loop_.Now();
  tick_ = event_loop_.RunAt(now + times_.read_interval, [this] { OnTick(); });
  if (now - session_.last_good_read() <= times_.vouching_delay()) {
    round_.reset();
    return;
  }
  if (round_ != nullptr && now - round_->sent_at < times_.store_deadline) {
    return;
  }
  StartRound();
}

void Vouching::StartRound() {
  if (!peers_.complete()) return;
  round_ = std::make_unique<Round>();
  round_->sent_at = event_loop_.Now();
  // A lapsed session must not come back by its peers' word: they may have
  // granted since. It asks to learn of its end.
  round_->may_extend =
      outage_ == CoordinationOutage::kServe && session_.IsCertain();
  if (round_->may_extend) ++stats_.rounds;
  AskAll(peers_.All());
  ConcludeIfAnswered();
}

void Vouching::AskAll(const std::vector<Peer>& peers) {
  for (const Peer& peer : peers) round_->may_extend &= Ask(peer);
}

bool Vouching::Ask(const Peer& peer) {
  if (session_.IsOwn(peer.session, peer.address)) return true;
  if (view_.HasEnded(peer.session, peer.revision)) return true;
  if (peer.address.empty()) return false;
  const auto [call, is_new] = round_->calls.try_emplace(peer.address);
  if (!is_new) return true;
  ++round_->unanswered;
  call->second =
      link_.Vouch(peer.address, {session_.AsPeer()},
                  round_->sent_at + times_.store_deadline,
                  [this](const absl::StatusOr<VouchResponse>& response) {
                    OnResponse(response);
                  });
  return true;
}

void Vouching::OnResponse(const absl::StatusOr<VouchResponse>& response) {
  --round_->unanswered;
  if (!response.ok()) {
    // Others may still have seen the end.
    round_->may_extend = false;
  } else if (response->ended) {
    session_.OnSeenEnded();
    return;
  } else {
    AskAll(response->peers);
  }
  ConcludeIfAnswered();
}

void Vouching::ConcludeIfAnswered() {
  if (round_->unanswered > 0) return;
  if (round_->may_extend && session_.IsCertain()) {
    session_.ExtendCertainty(round_->sent_at + times_.certainty);
    ++stats_.confirmed;
  }
  round_.reset();
}

}  // namespace wriftai::cluster
