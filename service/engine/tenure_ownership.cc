#include "service/engine/tenure_ownership.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "service/engine/ownership_errors.h"
#include "upstream/cluster/keys.h"

namespace wriftai {
namespace {

// As many as of a credential's key.
constexpr size_t kNameDigits = 12;

// The numbers of a build such as "1.2.0+c0ffee". What is no number counts as 0.
std::vector<int64_t> VersionNumbers(absl::string_view build) {
  std::vector<int64_t> numbers;
  const absl::string_view version = build.substr(0, build.find('+'));
  for (const absl::string_view part : absl::StrSplit(version, '.')) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(part, &number)) number = 0;
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

// Refuses permits while the tenure is not certain.
class TenureOwnership::TenureGuard final : public GrantGuard {
 public:
  TenureGuard(TenureOwnership& ownership, std::string tag)
      : ownership_(ownership), tag_(std::move(tag)) {}

  absl::StatusOr<absl::Time> GrantsFrom() const override {
    return ownership_.GrantsFrom(tag_);
  }

 private:
  TenureOwnership& ownership_;
  const std::string tag_;
};

TenureOwnership::TenureOwnership(EventLoop& event_loop,
                                 absl::string_view cluster_name,
                                 const cluster::ClusterView& view,
                                 const cluster::Session& session,
                                 const cluster::Reachability& reachability,
                                 cluster::OwnerLookup& lookup)
    : event_loop_(event_loop),
      cluster_name_(cluster_name),
      view_(view),
      session_(session),
      reachability_(reachability),
      lookup_(lookup),
      evictor_(
          kForgetAfter, kForgetAfter, event_loop,
          [this](absl::Time before) { return ForgetUnusedSince(before); }) {
  lookup_.set_observer(*this);
}

TenureOwnership::~TenureOwnership() = default;

std::string TenureOwnership::TagOf(const Credential& credential) const {
  return cluster::TagOf(cluster_name_, credential.key());
}

// The session of the owner; nullopt without one that can be called.
std::optional<cluster::FoundOwner> TenureOwnership::FindMember(
    const std::string& tag) const {
  if (const cluster::FoundOwner* const found = lookup_.Find(tag)) return *found;
  const cluster::Owner* const owner = view_.FindOwner(tag);
  if (owner == nullptr) return std::nullopt;
  // A record that says "released" names no member.
  const cluster::Member* const member = view_.FindMember(owner->session);
  if (member == nullptr || member->record.address.empty() ||
      !session_.record().SharesProtocol(member->record)) {
    return std::nullopt;
  }
  return cluster::FoundOwner{tag, owner->session, member->record.address,
                             owner->revision};
}

std::optional<TenureOwnership::Owner> TenureOwnership::FindOther(
    const Credential& credential) const {
  const auto owner = FindMember(TagOf(credential));
  // Cut off from the store, it still sees its own former session.
  if (!owner.has_value() ||
      cluster::NodeOf(owner->session) == session_.node()) {
    return std::nullopt;
  }
  return Owner{owner->address, owner->epoch};
}

cluster::FindOwnersResponse TenureOwnership::Answer(
    const cluster::FindOwnersRequest& request) {
  cluster::FindOwnersResponse response;
  for (const std::string& tag : request.tags) {
    if (auto owner = FindMember(tag)) {
      response.owners.push_back(*std::move(owner));
    } else if (!draining_) {
      // Beyond the most, the asker finds no owner, either.
      (void)tenures_->Use(tag);
    }
  }
  return response;
}

void TenureOwnership::Search(const Credential& credential) {
  lookup_.Search(TagOf(credential));
}

std::optional<int64_t> TenureOwnership::EpochOf(
    const Credential& credential) const {
  return tenures_->EpochOf(TagOf(credential));
}

std::string TenureOwnership::NameOf(const std::string& tag) const {
  const auto in_use = in_use_.find(tag);
  return in_use == in_use_.end() ? tag.substr(0, kNameDigits)
                                 : in_use->second.display_name;
}

absl::Status TenureOwnership::Use(const Credential& credential) {
  if (draining_) return absl::OkStatus();
  const std::string tag = TagOf(credential);
  const absl::Status status = tenures_->Use(tag);
  if (!status.ok()) return OwnerUnavailable(status.message());
  InUse& in_use = in_use_[tag];
  if (in_use.key.empty()) {
    in_use.key = credential.key();
    in_use.display_name = credential.display_name();
  }
  in_use.used_at = event_loop_.Now();
  evictor_.OnCount(in_use_.size());
  return absl::OkStatus();
}

bool TenureOwnership::IsOwnedHere(const Credential& credential) const {
  return EpochOf(credential).has_value();
}

int64_t TenureOwnership::OwnerEpoch(const Credential& credential) const {
  const std::string tag = TagOf(credential);
  if (const cluster::FoundOwner* const found = lookup_.Find(tag)) {
    return found->epoch;
  }
  const cluster::Owner* const owner = view_.FindOwner(tag);
  return owner == nullptr || owner->released() ? 0 : owner->revision;
}

std::unique_ptr<const GrantGuard> TenureOwnership::MakeGuard(
    const Credential& credential) {
  return std::make_unique<TenureGuard>(*this, TagOf(credential));
}

absl::StatusOr<absl::Time> TenureOwnership::GrantsFrom(const std::string& tag) {
  if (!tenures_->EpochOf(tag).has_value()) return NotOwnerError();
  if (const auto from = tenures_->GrantsFrom(tag)) {
    // It is not known yet when a session that is joining may grant.
    return std::min(*from, event_loop_.Now() + kCertaintyInterval);
  }
  uncertain_.insert(tag);
  CheckCertainty();
  return NotOwnerError();
}

void TenureOwnership::CheckCertainty() {
  if (certainty_ != nullptr) return;
  certainty_ =
      event_loop_.RunAt(event_loop_.Now() + kCertaintyInterval, [this] {
        certainty_.reset();
        if (!session_.IsCertain()) return CheckCertainty();
        for (const std::string& tag : std::exchange(uncertain_, {})) {
          NotifyLater(tag);
        }
      });
}

void TenureOwnership::OnTenureBegan(const std::string& tag, int64_t /*epoch*/) {
  NotifyLater(tag);
}

void TenureOwnership::OnTenureEnded(const std::string& tag, int64_t /*epoch*/) {
  uncertain_.erase(tag);
  NotifyLater(tag);
}

void TenureOwnership::OnOwnerChanged(const std::string& tag,
                                     const cluster::Owner* before,
                                     const cluster::Owner* after) {
  tenures_->OnOwnerChanged(tag, before, after);
  NotifyLater(tag);
}

// The observer may use the tenures, which must not be changed while they or the
// view notify.
void TenureOwnership::NotifyLater(const std::string& tag) {
  if (!in_use_.contains(tag)) return;
  changed_.insert(tag);
  if (notification_ != nullptr) return;
  notification_ = event_loop_.RunAt(event_loop_.Now(), [this] { Notify(); });
}

void TenureOwnership::Notify() {
  notification_.reset();
  for (const std::string& tag : std::exchange(changed_, {})) {
    const auto in_use = in_use_.find(tag);
    if (in_use == in_use_.end() || observer_ == nullptr) continue;
    observer_->OnOwnershipChanged(std::string(in_use->second.key),
                                  tenures_->EpochOf(tag).has_value());
  }
}

size_t TenureOwnership::ForgetUnusedSince(absl::Time before) {
  absl::erase_if(in_use_, [&](const auto& in_use) {
    return in_use.second.used_at <= before;
  });
  return in_use_.size();
}

void TenureOwnership::BeginDrain() {
  if (draining_) return;
  draining_ = true;
  for (const auto& [tag, owner] : view_.owners()) {
    if (owner.session == session_.id()) leaving_.push_back(tag);
  }
  // Everybody hears of the changes in the same order in a replay.
  std::sort(leaving_.begin(), leaving_.end());
  HandOverNext();
}

// The newest session of the newest build of another process, which ends last in
// a rollout. It serves and can be called; empty if none can.
std::string TenureOwnership::Successor() const {
  std::string successor;
  std::pair<std::vector<int64_t>, int64_t> newest;
  for (const auto& [session, member] : view_.members()) {
    if (!member.record.admitted || !reachability_.CanCall(session)) continue;
    auto age =
        std::make_pair(VersionNumbers(member.record.build), member.revision);
    if (age <= newest) continue;
    successor = session;
    newest = std::move(age);
  }
  return successor;
}

void TenureOwnership::HandOverNext() {
  const std::string successor = Successor();
  for (size_t i = 0; i < kHandOverBatch && !leaving_.empty(); ++i) {
    const std::string tag = std::move(leaving_.back());
    leaving_.pop_back();
    tenures_->HandOver(tag, successor);
    NotifyLater(tag);
  }
  if (leaving_.empty()) return;
  hand_over_ = event_loop_.RunAt(event_loop_.Now() + kHandOverInterval,
                                 [this] { HandOverNext(); });
}

}  // namespace wriftai
