#include "upstream/create/create_deduplicator.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "upstream/completed_call.h"
#include "upstream/error_details.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

// What a caller is told at the least before it tries again for room.
constexpr absl::Duration kMinDelay = absl::Seconds(1);

// What makes two creates the same: all that is sent.
std::string SentFor(const CreateParams& params) {
  return absl::StrCat(
      params.server_wait.value_or(-1), " ",
      params.validate_input.has_value() ? (*params.validate_input ? 1 : 0) : -1,
      " ", CreateBodyToJson(params, true));
}

// Whether nothing can have been created, so that the id may be used again.
bool NothingCreated(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
      return false;
    default:
      return true;
  }
}

}  // namespace

// A create that has not been answered.
struct CreateDeduplicator::InFlight {
  CallHandle create;
  std::vector<Joiner*> interested;  // Those who wait for it.
};

struct CreateDeduplicator::Entry {
  std::optional<DynamicThresholdLimiter::Slot> place;
  Digest fingerprint;                   // Of what was sent.
  std::shared_ptr<InFlight> under_way;  // Null from the answer on.

  // The answer: an error, or what was created, or no more of it than its id.
  absl::Time expires_at;
  absl::Status status;
  std::string id;
  std::unique_ptr<const v1::Prediction> whole;
};

// One caller of a create under way.
class CreateDeduplicator::Joiner : public Call {
 public:
  Joiner(std::shared_ptr<InFlight> create,
         PredictionClient::PredictionDone done)
      : create_(std::move(create)), done_(std::move(done)) {
    create_->interested.push_back(this);
  }
  ~Joiner() override {
    auto& all = create_->interested;
    // Kept in place: the list may be being gone through.
    std::replace(all.begin(), all.end(), this, static_cast<Joiner*>(nullptr));
  }

  void set_timer(TimerHandle timer) { timer_ = std::move(timer); }

  // May destroy this. Only the first call counts.
  void Finish(absl::StatusOr<v1::Prediction> result) {
    timer_.reset();
    PredictionClient::PredictionDone done = std::move(done_);
    done_ = nullptr;
    if (done) done(std::move(result));
  }

 private:
  const std::shared_ptr<InFlight> create_;
  PredictionClient::PredictionDone done_;
  TimerHandle timer_;
};

CreateDeduplicator::CreateDeduplicator(EventLoop& event_loop,
                                       PredictionClient& client)
    : event_loop_(event_loop), client_(client) {}

CreateDeduplicator::~CreateDeduplicator() = default;

CallHandle CreateDeduplicator::Create(CallContext context,
                                      const std::string& request_id,
                                      CreateParams params,
                                      PredictionClient::PredictionDone done) {
  assert(event_loop_.OnLoopThread());
  Expire();
  const Digest key =
      DigestOf(absl::StrCat(context.credential->key(), " ", request_id));
  const Digest fingerprint = DigestOf(SentFor(params));
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) {
    return Begin(key, fingerprint, std::move(context), std::move(params),
                 std::move(done));
  }
  if (entry->second.fingerprint != fingerprint) {
    return Complete(
        FieldError("request_id",
                   "an ID that has not been used for another create"),
        std::move(done));
  }
  if (entry->second.under_way != nullptr) {
    return Join(context.deadline, entry->second, std::move(done));
  }
  return Replay(std::move(context), entry->second, std::move(done));
}

CreateDeduplicator::Digest CreateDeduplicator::DigestOf(
    absl::string_view data) {
  const std::string sha = Sha256(data);
  Digest digest;
  std::copy(sha.begin(), sha.end(), digest.begin());
  return digest;
}

CallHandle CreateDeduplicator::Begin(const Digest& key,
                                     const Digest& fingerprint,
                                     CallContext context, CreateParams params,
                                     PredictionClient::PredictionDone done) {
  const std::string& whose = context.credential->key();
  auto place = ids_.TryAcquire(whose);
  if (!place.has_value()) {
    return Complete(TooManyRequestIds(ids_.held_by(whose)), std::move(done));
  }
  Entry& entry = entries_[key];
  entry.place.emplace(*std::move(place));
  entry.fingerprint = fingerprint;
  entry.under_way = std::make_shared<InFlight>();
  CallHandle interest = Join(context.deadline, entry, std::move(done));
  // The create outlives its callers, so that it has no deadline of theirs.
  context.deadline = absl::InfiniteFuture();
  entry.under_way->create = client_.Create(
      std::move(context), std::move(params),
      [this, key](const absl::StatusOr<v1::Prediction>& created) {
        OnCreated(key, created);
      });
  return interest;
}

CallHandle CreateDeduplicator::Join(absl::Time deadline, const Entry& entry,
                                    PredictionClient::PredictionDone done) {
  auto interest = std::make_unique<Joiner>(entry.under_way, std::move(done));
  if (deadline != absl::InfiniteFuture()) {
    interest->set_timer(event_loop_.RunAt(deadline, [raw = interest.get()] {
      raw->Finish(GatewayError(
          absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
          "deadline exceeded; the create continues: retry with the same "
          "request_id to get its result"));
    }));
  }
  return interest;
}

CallHandle CreateDeduplicator::Replay(CallContext context, const Entry& entry,
                                      PredictionClient::PredictionDone done) {
  if (!entry.status.ok()) return Complete(entry.status, std::move(done));
  if (entry.whole != nullptr) return Complete(*entry.whole, std::move(done));
  return client_.Get(std::move(context), entry.id, std::move(done));
}

CallHandle CreateDeduplicator::Complete(absl::StatusOr<v1::Prediction> answer,
                                        PredictionClient::PredictionDone done) {
  return std::make_unique<CompletedCall>(event_loop_, std::move(answer),
                                         std::move(done));
}

// `count`: the request IDs remembered for the credential.
absl::Status CreateDeduplicator::TooManyRequestIds(size_t count) const {
  absl::Status status = GatewayError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_REQUEST_IDS",
      absl::StrCat("too many request IDs remembered for this token (", count,
                   "); retry later, or create without request_id"));
  absl::Duration delay = kMinDelay;
  if (!answered_.empty()) {
    const Entry& oldest = entries_.at(answered_.front());
    delay = std::max(delay, oldest.expires_at - event_loop_.Now());
  }
  SetRetryDelay(delay, status);
  return status;
}

void CreateDeduplicator::OnCreated(
    const Digest& key, const absl::StatusOr<v1::Prediction>& created) {
  const auto found = entries_.find(key);
  Entry& entry = found->second;
  const std::shared_ptr<InFlight> answered = std::move(entry.under_way);
  answered->create.reset();
  if (!created.ok() && NothingCreated(created.status())) {
    Erase(found);
  } else {
    entry.expires_at = event_loop_.Now() + kReplayWindow;
    entry.status = created.status();
    if (created.ok()) {
      entry.id = created->id();
      entry.whole = std::make_unique<const v1::Prediction>(*created);
      kept_bytes_ += entry.whole->SpaceUsedLong();
    }
    answered_.push_back(key);
    Shrink();
  }
  for (Joiner* const& interest : answered->interested) {
    if (interest != nullptr) interest->Finish(created);
  }
}

void CreateDeduplicator::Erase(Entries::iterator entry) {
  if (entry->second.whole != nullptr) {
    kept_bytes_ -= entry->second.whole->SpaceUsedLong();
  }
  entries_.erase(entry);
}

// Forgets the answers whose window is over.
void CreateDeduplicator::Expire() {
  while (!answered_.empty()) {
    const auto oldest = entries_.find(answered_.front());
    if (oldest->second.expires_at > event_loop_.Now()) return;
    Erase(oldest);
    answered_.pop_front();
    if (first_whole_ > 0) --first_whole_;
  }
}

// Reduces the oldest answers to their ids until the rest fits.
void CreateDeduplicator::Shrink() {
  while (kept_bytes_ > kMaxBytes && first_whole_ < answered_.size()) {
    Entry& entry = entries_.at(answered_[first_whole_++]);
    if (entry.whole == nullptr) continue;
    kept_bytes_ -= entry.whole->SpaceUsedLong();
    entry.whole.reset();
  }
}

}  // namespace wriftai
