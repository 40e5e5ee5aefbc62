#include "upstream/create/create_deduplicator.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/completed_call.h"
#include "base/digest.h"
#include "upstream/create/created_nothing.h"
#include "upstream/error_details.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

// Minimum RetryInfo delay when too many IDs are kept.
constexpr absl::Duration kMinDelay = absl::Seconds(1);

// Two creates are the same if everything that they send is the same.
std::string FingerprintText(const CreateParams& params) {
  return absl::StrCat(
      params.server_wait.value_or(-1), " ",
      params.validate_input.has_value() ? (*params.validate_input ? 1 : 0) : -1,
      " ", CreateBodyToJson(params, true));
}

}  // namespace

// A create without a result yet.
struct CreateDeduplicator::InFlight {
  CallHandle create;
  std::vector<Joiner*> joiners;  // Null: destroyed.
};

struct CreateDeduplicator::Entry {
  std::optional<DynamicThresholdLimiter::Slot> slot;
  Digest fingerprint;                   // Of what was sent.
  std::shared_ptr<InFlight> in_flight;  // Null once there is a result.

  // The result: an error, the prediction, or only its ID.
  absl::Time expires_at;
  absl::Status status;
  std::string id;
  std::unique_ptr<const v1::Prediction> prediction;
};

// One caller of a create in flight.
class CreateDeduplicator::Joiner : public Call {
 public:
  Joiner(std::shared_ptr<InFlight> create, PredictionDone done)
      : create_(std::move(create)), done_(std::move(done)) {
    create_->joiners.push_back(this);
  }
  ~Joiner() override {
    auto& all = create_->joiners;
    // Not erased: OnCreated() may be iterating over the list.
    std::replace(all.begin(), all.end(), this, static_cast<Joiner*>(nullptr));
  }

  void set_timer(TimerHandle timer) { timer_ = std::move(timer); }

  // May destroy this. Only the first call counts.
  void Finish(absl::StatusOr<v1::Prediction> result) {
    timer_.reset();
    PredictionDone done = std::move(done_);
    done_ = nullptr;
    if (done) done(std::move(result));
  }

 private:
  const std::shared_ptr<InFlight> create_;
  PredictionDone done_;
  TimerHandle timer_;
};

CreateDeduplicator::CreateDeduplicator(EventLoop& event_loop,
                                       PredictionCreator& creator,
                                       PredictionReader& reader,
                                       RecordedCreator* recorded)
    : event_loop_(event_loop),
      creator_(creator),
      reader_(reader),
      recorded_(recorded) {}

CreateDeduplicator::~CreateDeduplicator() = default;

CallHandle CreateDeduplicator::Create(CallContext context,
                                      const std::string& request_id,
                                      CreateParams params,
                                      PredictionDone done) {
  assert(event_loop_.OnLoopThread());
  EvictExpired();
  const Digest key =
      DigestOf(absl::StrCat(context.credential->key(), " ", request_id));
  const Digest fingerprint = DigestOf(FingerprintText(params));
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) {
    return Begin(key, request_id, fingerprint, std::move(context),
                 std::move(params), std::move(done));
  }
  if (entry->second.fingerprint != fingerprint) {
    return Complete(
        FieldError("request_id",
                   "an ID that has not been used for another create"),
        std::move(done));
  }
  if (entry->second.in_flight != nullptr) {
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
                                     const std::string& request_id,
                                     const Digest& fingerprint,
                                     CallContext context, CreateParams params,
                                     PredictionDone done) {
  const std::string& owner = context.credential->key();
  auto slot = ids_.TryAcquire(owner);
  if (!slot.has_value()) {
    return Complete(TooManyRequestIds(ids_.held_by(owner)), std::move(done));
  }
  Entry& entry = entries_[key];
  entry.slot.emplace(*std::move(slot));
  entry.fingerprint = fingerprint;
  entry.in_flight = std::make_shared<InFlight>();
  CallHandle joiner = Join(context.deadline, entry, std::move(done));
  // The create outlives its callers, so their deadlines do not apply.
  context.deadline = absl::InfiniteFuture();
  if (recorded_ != nullptr) {
    entry.in_flight->create = recorded_->Create(
        std::move(context), request_id,
        absl::BytesToHexString({fingerprint.data(), fingerprint.size()}),
        std::move(params), [this, key](const RecordedCreator::Result& result) {
          OnCreated(key, result.created, result.is_outcome);
        });
    return joiner;
  }
  entry.in_flight->create = creator_.Create(
      std::move(context), std::move(params),
      [this, key](const absl::StatusOr<v1::Prediction>& created) {
        OnCreated(key, created, true);
      });
  return joiner;
}

CallHandle CreateDeduplicator::Join(absl::Time deadline, const Entry& entry,
                                    PredictionDone done) {
  auto joiner = std::make_unique<Joiner>(entry.in_flight, std::move(done));
  if (deadline != absl::InfiniteFuture()) {
    joiner->set_timer(event_loop_.RunAt(deadline, [raw = joiner.get()] {
      raw->Finish(GatewayError(
          absl::StatusCode::kDeadlineExceeded, v1::DEADLINE_EXCEEDED,
          "deadline exceeded; the create continues: retry with the same "
          "request_id to get its result"));
    }));
  }
  return joiner;
}

CallHandle CreateDeduplicator::Replay(CallContext context, const Entry& entry,
                                      PredictionDone done) {
  if (!entry.status.ok()) return Complete(entry.status, std::move(done));
  if (entry.prediction != nullptr) {
    return Complete(*entry.prediction, std::move(done));
  }
  return reader_.Get(std::move(context), entry.id, std::move(done));
}

CallHandle CreateDeduplicator::Complete(absl::StatusOr<v1::Prediction> result,
                                        PredictionDone done) {
  return std::make_unique<CompletedCall>(
      event_loop_,
      [result = std::move(result), done = std::move(done)]() mutable {
        done(std::move(result));
      });
}

// `count`: the request IDs remembered for the credential.
absl::Status CreateDeduplicator::TooManyRequestIds(size_t count) const {
  absl::Status status = GatewayError(
      absl::StatusCode::kResourceExhausted, v1::TOO_MANY_REQUEST_IDS,
      absl::StrCat("too many request IDs remembered for this token (", count,
                   "); retry later, or create without request_id"));
  absl::Duration delay = kMinDelay;
  if (!completed_.empty()) {
    const Entry& oldest = entries_.at(completed_.front());
    delay = std::max(delay, oldest.expires_at - event_loop_.Now());
  }
  SetRetryDelay(delay, status);
  return status;
}

void CreateDeduplicator::OnCreated(
    const Digest& key, const absl::StatusOr<v1::Prediction>& created,
    bool is_outcome) {
  const auto found = entries_.find(key);
  Entry& entry = found->second;
  const std::shared_ptr<InFlight> in_flight = std::move(entry.in_flight);
  in_flight->create.reset();
  if (!is_outcome || (!created.ok() && CreatedNothing(created.status()))) {
    Erase(found);
  } else {
    entry.expires_at = event_loop_.Now() + kReplayWindow;
    entry.status = created.status();
    if (created.ok()) {
      entry.id = created->id();
      entry.prediction = std::make_unique<const v1::Prediction>(*created);
      kept_bytes_ += entry.prediction->SpaceUsedLong();
    }
    completed_.push_back(key);
    EvictPredictions();
  }
  for (Joiner* const& joiner : in_flight->joiners) {
    if (joiner != nullptr) joiner->Finish(created);
  }
}

void CreateDeduplicator::Erase(Entries::iterator entry) {
  if (entry->second.prediction != nullptr) {
    kept_bytes_ -= entry->second.prediction->SpaceUsedLong();
  }
  entries_.erase(entry);
}

// Forgets results older than kReplayWindow.
void CreateDeduplicator::EvictExpired() {
  while (!completed_.empty()) {
    const auto oldest = entries_.find(completed_.front());
    if (oldest->second.expires_at > event_loop_.Now()) return;
    Erase(oldest);
    completed_.pop_front();
    if (first_full_ > 0) --first_full_;
  }
}

// Reduces the oldest results to their IDs until kMaxBytes is met.
void CreateDeduplicator::EvictPredictions() {
  while (kept_bytes_ > kMaxBytes && first_full_ < completed_.size()) {
    Entry& entry = entries_.at(completed_[first_full_++]);
    if (entry.prediction == nullptr) continue;
    kept_bytes_ -= entry.prediction->SpaceUsedLong();
    entry.prediction.reset();
  }
}

}  // namespace wriftai
