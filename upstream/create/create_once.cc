#include "upstream/create/create_once.h"

#include <cassert>
#include <vector>

#include "absl/strings/str_cat.h"
#include "upstream/core/digest.h"
#include "upstream/error_details.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

// What makes two creates the same: all that is sent.
std::string Fingerprint(const CreateParams& params) {
  return Sha256(absl::StrCat(
      params.server_wait.value_or(-1), " ",
      params.validate_input.has_value() ? (*params.validate_input ? 1 : 0) : -1,
      " ", CreateBodyToJson(params, true)));
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

struct CreateOnce::Entry {
  std::string fingerprint;
  CallHandle create;                  // While it is under way.
  std::vector<Interest*> interested;  // Those who wait for it.

  // The answer, from then on.
  std::optional<absl::StatusOr<v1::Prediction>> answer;
  size_t bytes = 0;
  absl::Time expires_at;
};

// One caller of a create under way.
class CreateOnce::Interest : public Call {
 public:
  Interest(std::shared_ptr<Entry> entry, PredictionClient::PredictionDone done)
      : entry_(std::move(entry)), done_(std::move(done)) {
    entry_->interested.push_back(this);
  }
  ~Interest() override {
    auto& all = entry_->interested;
    for (Interest*& one : all) {
      // Kept in place: the list may be being gone through.
      if (one == this) one = nullptr;
    }
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
  const std::shared_ptr<Entry> entry_;
  PredictionClient::PredictionDone done_;
  TimerHandle timer_;
};

CreateOnce::CreateOnce(Scheduler& scheduler, PredictionClient& client)
    : scheduler_(scheduler), client_(client) {}

CreateOnce::~CreateOnce() = default;

CallHandle CreateOnce::Create(CallContext context, std::string request_id,
                              CreateParams params,
                              PredictionClient::PredictionDone done) {
  assert(scheduler_.OnLoopThread());
  Forget();
  Key key(context.credential->key(), std::move(request_id));
  std::string fingerprint = Fingerprint(params);
  auto failure = std::make_shared<Entry>();
  std::shared_ptr<Entry>& entry = entries_[key];
  if (entry == nullptr && entries_.size() > kMostAnswers) {
    entries_.erase(key);
    failure->answer = GatewayError(
        absl::StatusCode::kResourceExhausted, "TOO_MANY_REQUEST_IDS",
        absl::StrCat("the gateway keeps ", kMostAnswers,
                     " request ids already; create without one, or later"));
    return Replay(std::move(context), *failure, std::move(done));
  }
  if (entry == nullptr) {
    entry = std::make_shared<Entry>();
    entry->fingerprint = std::move(fingerprint);
    CallHandle interest = Join(context, entry, std::move(done));
    // The create outlives its callers, so that it has no deadline of theirs.
    context.deadline = absl::InfiniteFuture();
    entry->create =
        client_.Create(std::move(context), std::move(params),
                       [this, key](absl::StatusOr<v1::Prediction> created) {
                         OnCreated(key, std::move(created));
                       });
    return interest;
  }
  if (entry->fingerprint != fingerprint) {
    failure->answer = FieldError(
        "request_id", "an id that has not been used for another create");
    return Replay(std::move(context), *failure, std::move(done));
  }
  if (!entry->answer.has_value()) return Join(context, entry, std::move(done));
  return Replay(std::move(context), *entry, std::move(done));
}

CallHandle CreateOnce::Join(const CallContext& context,
                            const std::shared_ptr<Entry>& entry,
                            PredictionClient::PredictionDone done) {
  auto interest = std::make_unique<Interest>(entry, std::move(done));
  if (context.deadline != absl::InfiniteFuture()) {
    interest->set_timer(
        scheduler_.PostAt(context.deadline, [raw = interest.get()] {
          raw->Finish(GatewayError(
              absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
              "the deadline has passed; the create goes on: call again with "
              "the same request_id for its answer"));
        }));
  }
  return interest;
}

CallHandle CreateOnce::Replay(CallContext context, const Entry& entry,
                              PredictionClient::PredictionDone done) {
  const absl::StatusOr<v1::Prediction>& answer = *entry.answer;
  if (answer.ok() && entry.bytes == 0) {
    return client_.Get(std::move(context), answer->id(), std::move(done));
  }
  // An interest in something that is settled: told from the loop, as all are.
  auto settled = std::make_shared<Entry>();
  auto interest = std::make_unique<Interest>(settled, std::move(done));
  interest->set_timer(scheduler_.PostAt(
      scheduler_.Now(),
      [raw = interest.get(), answer] { raw->Finish(answer); }));
  return interest;
}

void CreateOnce::OnCreated(const Key& key,
                           absl::StatusOr<v1::Prediction> created) {
  const std::shared_ptr<Entry> entry = entries_.at(key);
  entry->create.reset();
  if (!created.ok() && NothingCreated(created.status())) {
    entries_.erase(key);
  } else {
    entry->answer = created;
    entry->bytes = created.ok() ? created->ByteSizeLong() : 0;
    entry->expires_at = scheduler_.Now() + kReplayWindow;
    kept_bytes_ += entry->bytes;
    answered_.push_back(key);
    Shrink();
  }
  for (Interest* const& interest : entry->interested) {
    if (interest != nullptr) interest->Finish(created);
  }
}

// Forgets the answers whose window is over.
void CreateOnce::Forget() {
  while (!answered_.empty()) {
    const auto oldest = entries_.find(answered_.front());
    if (oldest->second->expires_at > scheduler_.Now()) return;
    kept_bytes_ -= oldest->second->bytes;
    entries_.erase(oldest);
    answered_.pop_front();
    if (first_whole_ > 0) --first_whole_;
  }
}

// Reduces the oldest answers to their ids until the rest fits.
void CreateOnce::Shrink() {
  while (kept_bytes_ > kMostBytes && first_whole_ < answered_.size()) {
    Entry& entry = *entries_.at(answered_[first_whole_++]);
    if (entry.bytes == 0) continue;
    v1::Prediction reduced;
    reduced.set_id((*entry.answer)->id());
    *entry.answer = std::move(reduced);
    kept_bytes_ -= entry.bytes;
    entry.bytes = 0;
  }
}

}  // namespace wriftai
