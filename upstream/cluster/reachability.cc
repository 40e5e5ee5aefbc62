#include "upstream/cluster/reachability.h"

#include <iterator>
#include <utility>

#include "upstream/cluster/records.h"

namespace wriftai::cluster {

Reachability::Reachability(EventLoop& event_loop, PeerLink& link,
                           const ClusterTimes& times, const ClusterView& view,
                           Session& session)
    : event_loop_(event_loop),
      link_(link),
      times_(times),
      view_(view),
      session_(session) {}

void Reachability::OnSessionBegan() { OnTick(); }

void Reachability::OnSessionEnded() {
  tick_.reset();
  attempts_.clear();
}

void Reachability::OnTick() {
  tick_ = event_loop_.RunAt(event_loop_.Now() + times_.read_interval,
                            [this] { OnTick(); });
  ForgetEnded();
  for (const auto& [session, member] : view_.members()) {
    CallIfDue(session, member);
  }
  Update();
}

// One that it could call. A record that cannot be read has no address.
bool Reachability::IsOther(const std::string& session,
                           const Member& member) const {
  const MemberRecord& record = member.record;
  return !record.address.empty() && !session_.IsOwn(session, record.address) &&
         session_.record().SharesProtocol(record);
}

void Reachability::ForgetEnded() {
  const auto erase_if = [](auto& container, auto has_ended) {
    for (auto it = container.begin(); it != container.end();) {
      it = has_ended(*it) ? container.erase(it) : std::next(it);
    }
  };
  const auto is_member = [this](const std::string& session) {
    return view_.FindMember(session) != nullptr;
  };
  erase_if(answered_, [&](const auto& session) { return !is_member(session); });
  erase_if(attempts_,
           [&](const auto& attempt) { return !is_member(attempt.first); });
  erase_if(callers_, [&](const auto& caller) {
    return view_.HasEnded(caller.first, caller.second);
  });
}

void Reachability::CallIfDue(const std::string& session, const Member& member) {
  if (!IsOther(session, member)) return;
  // One that is not admitted may have missed the call, although it answered.
  if (CanCall(session) && member.record.admitted) return;
  const absl::Time now = event_loop_.Now();
  Attempt& attempt = attempts_[session];
  if (attempt.call != nullptr || now < attempt.next) return;
  attempt.next = now + times_.retry_interval;
  attempt.call = link_.Vouch(
      member.record.address, {session_.AsPeer()}, now + times_.store_deadline,
      [this, session](const absl::StatusOr<VouchResponse>& response) {
        OnResponse(session, response);
      });
}

// `session` is a copy: the call owns the original.
void Reachability::OnResponse(std::string session,
                              const absl::StatusOr<VouchResponse>& response) {
  attempts_[session].call.reset();
  if (!response.ok()) return;
  if (response->ended) return session_.OnSeenEnded();
  answered_.insert(std::move(session));
  Update();
}

void Reachability::OnCalled(const Peer& peer) {
  if (view_.HasEnded(peer.session, peer.revision)) return;
  const Member* const member = view_.FindMember(peer.session);
  if (member == nullptr) {
    if (callers_.size() >= kMaxCallers) ForgetEnded();
    if (callers_.size() >= kMaxCallers) return;
  }
  callers_[peer.session] = peer.revision;
  if (!session_.active()) return;
  if (member != nullptr) CallIfDue(peer.session, *member);
  Update();
}

Admission Reachability::Decide() const {
  if (session_.record().admitted) return Admission::kAdmitted;
  bool others_serve = false;
  bool answered = false;
  bool called = false;
  // Before, nothing may be granted, either.
  bool is_first =
      event_loop_.Now() >= session_.began_at() + times_.unreleased_pause();
  for (const auto& [session, member] : view_.members()) {
    if (!IsOther(session, member)) continue;
    const MemberRecord& record = member.record;
    if (!record.admitted) {
      is_first = is_first && member.revision > session_.revision();
      continue;
    }
    if (!record.MayShareOwnToken(session_.record())) return Admission::kForeign;
    others_serve = true;
    if (!CanCall(session)) continue;
    answered = true;
    called = called || callers_.count(session) > 0 || !record.calls_joining;
  }
  if (called) return Admission::kAdmitted;
  if (answered) return Admission::kUncalled;
  if (others_serve) return Admission::kUnanswered;
  return is_first ? Admission::kAdmitted : Admission::kWaiting;
}

void Reachability::Update() {
  const Admission admission = Decide();
  if (admission == admission_) return;
  admission_ = admission;
  if (admission == Admission::kAdmitted) {
    MemberRecord record = session_.record();
    record.admitted = true;
    session_.SetRecord(std::move(record));
  }
  if (listener_) listener_(admission);
}

}  // namespace wriftai::cluster
