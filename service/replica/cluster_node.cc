#include "service/replica/cluster_node.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/random_id.h"
#include "base/version.h"
#include "service/engine/ownership_errors.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// How often a leaving replica looks whether its records are settled.
constexpr absl::Duration kLeaveInterval = absl::Milliseconds(20);

// How often a replica that is admitted looks whether its record says so. A
// change takes etcd some milliseconds.
constexpr absl::Duration kShownInterval = absl::Milliseconds(10);

// How long a leaving replica waits for the store to confirm that its
// credentials have other owners. Without a store, the end of the session tells
// the others.
constexpr absl::Duration kMaxHandOver = absl::Seconds(1);

// The host's name, which operators recognize, and digits that no other process
// has. Only what a session's id may contain.
std::string MakeNode() {
  std::array<char, 64> host{};
  (void)gethostname(host.data(), host.size() - 1);
  std::string name(host.data());
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !absl::ascii_isalnum(static_cast<unsigned char>(c));
      },
      '-');
  return absl::StrCat(name, "-", RandomSpanId());
}

}  // namespace

ClusterNode::ClusterNode(const ReplicaConfig& config, EventLoop& event_loop,
                         cluster::Store& store, PeerChannels& channels,
                         std::shared_ptr<const GatewayCredential> own)
    : event_loop_(event_loop),
      cluster_name_(config.cluster_name),
      own_(std::move(own)),
      keys_(cluster_name_),
      store_(event_loop, store),
      link_(channels, [this] { return ClusterId(); }),
      view_(keys_),
      session_(event_loop, store_, keys_, times_, MakeNode(), {}, view_),
      peers_(view_, session_.node()),
      introductions_(event_loop, link_, times_, view_, session_),
      reachability_(event_loop, link_, times_, view_, session_),
      vouching_(event_loop, link_, times_, config.outage, view_, peers_,
                session_),
      lookup_(event_loop, link_, times_, view_, peers_, session_),
      ownership_(event_loop, cluster_name_, view_, session_, reachability_,
                 lookup_),
      log_(session_, ownership_,
           [this](const std::string& tag) { return ownership_.NameOf(tag); }),
      tenures_(event_loop, store_, keys_, times_, view_, session_,
               introductions_, log_),
      records_(event_loop, store_, keys_, times_, view_, session_, tenures_),
      creates_(event_loop, cluster_name_, records_),
      client_(channels, *this),
      calls_(event_loop, client_),
      waits_(channels, *this),
      hooks_{ownership_, calls_, waits_, creates_} {
  ownership_.Start(tenures_);
  view_.set_observer(ownership_);
  reachability_.ListenToAdmission(
      [this](cluster::Admission /*admission*/) { OnAdmission(); });
  session_.AddObserver(introductions_);
  session_.AddObserver(reachability_);
  session_.AddObserver(vouching_);
  session_.AddObserver(lookup_);
  session_.AddObserver(log_);
  session_.AddObserver(tenures_);
  session_.AddObserver(*this);
}

ClusterNode::~ClusterNode() = default;

void ClusterNode::Join(const std::string& peer_address,
                       const std::string& webhook_address) {
  cluster::MemberRecord record;
  record.address = peer_address;
  record.webhook_address = webhook_address;
  record.build = absl::StrCat(Version(), "+", Commit());
  record.admitted = false;
  record.own_tags = OwnTags();
  session_.SetRecord(std::move(record));
  spdlog::info("joining the cluster {}; not ready before", cluster_name_);
  session_.Start();
  WatchOwnToken();
}

std::vector<std::string> ClusterNode::OwnTags() const {
  std::vector<std::string> tags;
  if (own_ == nullptr) return tags;
  for (const Secret& token : {own_->token(), own_->previous_token()}) {
    if (token.empty()) continue;
    tags.push_back(cluster::TagOf(cluster_name_, Credential(token).key()));
  }
  return tags;
}

void ClusterNode::WatchOwnToken() {
  if (own_ == nullptr) return;
  cluster::MemberRecord record = session_.record();
  record.own_tags = OwnTags();
  session_.SetRecord(std::move(record));
  own_token_timer_ = event_loop_.RunAt(event_loop_.Now() + kOwnTokenInterval,
                                       [this] { WatchOwnToken(); });
}

void ClusterNode::OnSessionBegan() { OnAdmission(); }

void ClusterNode::OnSessionEnded() {
  admission_warning_.reset();
  showing_.reset();
  if (state_ != State::kJoined && state_ != State::kRefused) {
    SetState(State::kJoining);
  }
}

void ClusterNode::OnAdmission() {
  if (!session_.active()) return;
  switch (reachability_.admission()) {
    case cluster::Admission::kUnanswered:
      SetState(State::kUnanswered);
      break;
    case cluster::Admission::kUncalled:
      SetState(State::kUncalled);
      break;
    case cluster::Admission::kWaiting:
      SetState(State::kWaiting);
      break;
    case cluster::Admission::kAdmitted:
      tenures_.OnAdmitted();
      return ReportOnceShown();
    case cluster::Admission::kForeign:
      // An observer must not close the session.
      return event_loop_.Post([this] { Refuse(); });
  }
  if (admission_warning_ != nullptr) return;
  admission_warning_ =
      event_loop_.RunAt(event_loop_.Now() + kAdmissionPatience, [this] {
        spdlog::warn("not ready: {}", std::string(CheckJoined().message()));
      });
}

void ClusterNode::ReportOnceShown() {
  const cluster::Member* const self = view_.FindMember(session_.id());
  if (self != nullptr && self->record.admitted) {
    admission_warning_.reset();
    return SetState(State::kJoined);
  }
  if (state_ != State::kJoined) SetState(State::kJoining);
  showing_ = event_loop_.RunAt(event_loop_.Now() + kShownInterval,
                               [this] { ReportOnceShown(); });
}

void ClusterNode::Refuse() {
  if (!session_.active()) return;
  spdlog::error(
      "cannot join the cluster {}: the gateway's own token is neither the "
      "current nor the previous one of its replicas; expected the same "
      "account, or another --cluster_name",
      cluster_name_);
  SetState(State::kRefused);
  session_.Close([] {});
  rejoin_ = event_loop_.RunAt(event_loop_.Now() + kRefusedInterval,
                              [this] { session_.Start(); });
}

void ClusterNode::SetState(State state) {
  if (state_.exchange(state) == state) return;
  if (listener_) listener_(state == State::kJoined);
}

absl::Status ClusterNode::CheckJoined() const {
  switch (state_) {
    case State::kJoining:
      return absl::UnavailableError("waiting for etcd to join the cluster");
    case State::kUnanswered:
      return absl::UnavailableError(
          "no replica that is ready answers this one on its port for replicas");
    case State::kUncalled:
      return absl::UnavailableError(
          "no replica that is ready calls this one on its port for replicas");
    case State::kWaiting:
      // ClusterTimes::unreleased_pause().
      return absl::UnavailableError(
          "no replica is ready yet; the one that joined first becomes ready "
          "after 2.7 s");
    case State::kRefused:
      return absl::UnavailableError(
          "the cluster has another account's token as the gateway's own");
    case State::kJoined:
      break;
  }
  return absl::OkStatus();
}

void ClusterNode::Leave(absl::Time deadline, EventLoop::Task done) {
  own_token_timer_.reset();
  rejoin_.reset();
  leave_by_ = deadline;
  hand_over_by_ = std::min(deadline, event_loop_.Now() + kMaxHandOver);
  left_ = std::move(done);
  LeaveOnceSettled();
}

void ClusterNode::LeaveOnceSettled() {
  const absl::Time now = event_loop_.Now();
  const bool settled = records_.attempts() == 0 || now >= leave_by_;
  const bool handed_over = log_.owned() == 0 || now >= hand_over_by_;
  if (settled && handed_over) return session_.Close(std::move(left_));
  leaving_ =
      event_loop_.RunAt(now + kLeaveInterval, [this] { LeaveOnceSettled(); });
}

std::string ClusterNode::ClusterId() const {
  return absl::StrCat(cluster_name_, "@", absl::Hex(session_.store_id()));
}

absl::Status ClusterNode::CheckCluster(const std::string& cluster_id) const {
  // Before it has joined, it does not know its store.
  if (cluster_id.empty() || session_.store_id() == 0 ||
      cluster_id == ClusterId()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "this replica is of the cluster ", ClusterId(), " (name and etcd)"));
}

std::string ClusterNode::TagOf(const Credential& credential) const {
  return cluster::TagOf(cluster_name_, credential.key());
}

WebhookRoute ClusterNode::RouteOf(const std::string& tag) const {
  using Target = WebhookRoute::Target;
  const cluster::Owner* const owner = view_.FindOwner(tag);
  if (owner == nullptr || owner->released()) return {Target::kNobody, ""};
  if (owner->session == session_.id()) return {Target::kHere, ""};
  // A former session of this replica, which is cut off from the store.
  if (cluster::NodeOf(owner->session) == session_.node()) {
    return {Target::kNobody, ""};
  }
  const cluster::Member* const member = view_.FindMember(owner->session);
  if (member == nullptr) return {Target::kNobody, ""};
  const std::string& address = member->record.webhook_address;
  return {address.empty() ? Target::kNowhere : Target::kOther, address};
}

std::optional<PeerOwner> ClusterNode::Find(const Credential& credential) {
  // Owners of another account would take the gateway's own token for theirs.
  if (!CheckJoined().ok()) return std::nullopt;
  const auto owner = ownership_.FindOther(credential);
  if (!owner.has_value()) return std::nullopt;
  PeerOwner found{owner->address, owner->epoch};
  if (credential.outlives_tokens()) found.own_tags = session_.record().own_tags;
  return found;
}

absl::Status ClusterNode::Check(const Credential& credential,
                                const ForwardedCallInfo& forwarded) {
  const bool is_same_account =
      !credential.outlives_tokens() ||
      session_.record().HasOwnToken(forwarded.own_tags);
  return is_same_account && ownership_.EpochOf(credential) == forwarded.epoch
             ? absl::OkStatus()
             : NotOwnerError();
}

ReplicaNumbers ClusterNode::Numbers() const {
  ReplicaNumbers numbers;
  numbers.cluster_name = cluster_name_;
  if (session_.active()) {
    numbers.session = session_.id();
    numbers.is_admitted = session_.record().admitted;
    numbers.is_certain = session_.IsCertain();
    numbers.certainty_age = event_loop_.Now() - session_.last_good_read();
  }
  numbers.owned = static_cast<size_t>(log_.owned());
  numbers.in_use = tenures_.size();
  numbers.attempts = records_.attempts();
  std::map<std::string, size_t> owned;  // By session.
  for (const auto& [tag, owner] : view_.owners()) {
    if (owner.released()) continue;
    ++owned[owner.session];
    if (numbers.owners.size() < ReplicaNumbers::kMaxListed) {
      numbers.owners.push_back(
          {ownership_.NameOf(tag), owner.session, owner.revision});
    }
  }
  numbers.member_count = view_.members().size();
  for (const auto& [session, member] : view_.members()) {
    if (numbers.members.size() == ReplicaNumbers::kMaxListed) break;
    numbers.members.push_back({session, member.record.address,
                               member.record.build, owned[session],
                               session == session_.id()});
  }
  numbers.sessions = session_.stats();
  numbers.vouching = vouching_.stats();
  numbers.tenures = log_.stats();
  numbers.store = store_.stats();
  numbers.forwarded = calls_.stats();
  numbers.hops = client_.hops();
  return numbers;
}

}  // namespace wriftai
