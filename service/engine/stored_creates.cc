#include "service/engine/stored_creates.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "service/engine/ownership_errors.h"
#include "upstream/cluster/keys.h"

namespace wriftai {
namespace {

// The results in the records. Of a later build's, nothing is known.
constexpr absl::string_view kCreated = "created ";
constexpr absl::string_view kUnknown = "unknown";

CreateRecords::Begun BegunFrom(const cluster::BeginResult& result) {
  using Verdict = CreateRecords::Verdict;
  CreateRecords::Begun begun;
  begun.attempt = result.attempt;
  begun.fingerprint = result.record.fingerprint;
  switch (result.verdict) {
    case cluster::BeginResult::Verdict::kSend:
      begun.verdict = Verdict::kSend;
      break;
    case cluster::BeginResult::Verdict::kInProgress:
      begun.verdict = Verdict::kInProgress;
      break;
    case cluster::BeginResult::Verdict::kOutcomeUnknown:
      begun.verdict = Verdict::kOutcomeUnknown;
      break;
    case cluster::BeginResult::Verdict::kAnswered: {
      absl::string_view id = result.record.result;
      const bool created =
          absl::ConsumePrefix(&id, kCreated) && UuidFromText(id).has_value();
      begun.verdict = created ? Verdict::kCreated : Verdict::kOutcomeUnknown;
      if (created) begun.prediction_id = std::string(id);
      break;
    }
  }
  return begun;
}

}  // namespace

// A Begin(), until its result is delivered.
class StoredCreates::Beginning final : public Call {
 public:
  Beginning(StoredCreates& creates, std::string fingerprint, BeginDone done)
      : creates_(creates),
        fingerprint_(std::move(fingerprint)),
        done_(std::move(done)) {}

  ~Beginning() override {
    *alive_ = nullptr;
    // Begun, and dropped before its caller knew.
    if (result_.has_value() && result_->ok() &&
        (*result_)->verdict == Verdict::kSend) {
      creates_.OnNothingCreated((*result_)->attempt);
    }
  }

  void Start(const Credential& credential, const std::string& request_id) {
    creates_.records_.Begin(
        cluster::TagOf(creates_.cluster_name_, credential.key()),
        creates_.DigestOf(credential, request_id), fingerprint_,
        [&records = creates_.records_,
         alive = alive_](absl::StatusOr<cluster::BeginResult> result) {
          if (*alive != nullptr) return (*alive)->OnBegun(std::move(result));
          if (result.ok() &&
              result->verdict == cluster::BeginResult::Verdict::kSend) {
            records.Settle(result->attempt, std::nullopt);
          }
        });
    returned_ = true;
  }

 private:
  void OnBegun(absl::StatusOr<cluster::BeginResult> result) {
    if (result.ok()) {
      result_ = BegunFrom(*result);
    } else {
      result_ = FromStatus(result.status());
    }
    if (returned_) return Deliver();
    timer_ = creates_.event_loop_.RunAt(creates_.event_loop_.Now(),
                                        [this] { Deliver(); });
  }

  absl::StatusOr<Begun> FromStatus(const absl::Status& status) const {
    if (absl::IsFailedPrecondition(status)) return NotOwnerError();
    if (!absl::IsDataLoss(status)) return StoreDown(status.message());
    // There is a record, so somebody may have sent this create.
    Begun begun;
    begun.verdict = Verdict::kOutcomeUnknown;
    begun.fingerprint = fingerprint_;
    return begun;
  }

  // `done` may destroy this.
  void Deliver() {
    absl::StatusOr<Begun> result = *std::exchange(result_, std::nullopt);
    BeginDone done = std::move(done_);
    done(std::move(result));
  }

  StoredCreates& creates_;
  const std::string fingerprint_;
  BeginDone done_;
  bool returned_ = false;
  std::optional<absl::StatusOr<Begun>> result_;  // Until it is delivered.
  TimerHandle timer_;
  // Null once this is destroyed.
  const std::shared_ptr<Beginning*> alive_ = std::make_shared<Beginning*>(this);
};

StoredCreates::StoredCreates(EventLoop& event_loop,
                             absl::string_view cluster_name,
                             cluster::RequestRecords& records)
    : event_loop_(event_loop), cluster_name_(cluster_name), records_(records) {}

// 128 bits: of all ids of a credential, no two are alike.
std::string StoredCreates::DigestOf(const Credential& credential,
                                    const std::string& request_id) const {
  const std::string sha = Sha256(
      absl::StrCat(cluster_name_, "\n", credential.key(), "\n", request_id));
  return absl::BytesToHexString(absl::string_view(sha).substr(0, 16));
}

CallHandle StoredCreates::Begin(const Credential& credential,
                                const std::string& request_id,
                                const std::string& fingerprint,
                                BeginDone done) {
  auto beginning =
      std::make_unique<Beginning>(*this, fingerprint, std::move(done));
  beginning->Start(credential, request_id);
  return beginning;
}

void StoredCreates::OnCreated(const std::string& attempt,
                              const std::string& prediction_id) {
  records_.Settle(attempt, absl::StrCat(kCreated, prediction_id));
}

void StoredCreates::OnNothingCreated(const std::string& attempt) {
  records_.Settle(attempt, std::nullopt);
}

void StoredCreates::OnOutcomeUnknown(const std::string& attempt) {
  records_.Settle(attempt, std::string(kUnknown));
}

}  // namespace wriftai
