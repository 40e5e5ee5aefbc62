#include "upstream/create/recorded_creator.h"

#include <memory>
#include <utility>

#include "upstream/create/created_nothing.h"
#include "upstream/error_details.h"
#include "upstream/request_spans.h"

namespace wriftai {
namespace {

absl::Status OutcomeUnknown() {
  absl::Status status = GatewayError(
      absl::StatusCode::kUnknown, v1::CREATE_OUTCOME_UNKNOWN,
      "an earlier attempt with this request_id may have created a prediction; "
      "look in the list before creating again");
  SetMetadata(kCreateOutcomeKey, kCreateOutcomeIsUnknown, status);
  return status;
}

}  // namespace

// One create: its current step.
class RecordedCreator::Attempt : public Call {
 public:
  Attempt(RecordedCreator& creator, CallContext context, std::string request_id,
          std::string fingerprint, CreateParams params, Done done)
      : creator_(creator),
        budget_(creator.budgets_.For(context.credential)),
        context_(std::move(context)),
        request_id_(std::move(request_id)),
        fingerprint_(std::move(fingerprint)),
        params_(std::move(params)),
        done_(std::move(done)) {}

  ~Attempt() override {
    if (!attempt_.empty()) creator_.records_.OnOutcomeUnknown(attempt_);
    permit_.Release();
  }

  void Start() {
    if (context_.trace != nullptr && context_.trace->spans != nullptr) {
      permit_wait_span_ = context_.trace->spans->BeginBudgetWait();
    }
    step_ = budget_->creates.Acquire(
        context_.deadline,
        [this](absl::StatusOr<Permit> permit) { OnPermit(std::move(permit)); });
  }

 private:
  using Verdict = CreateRecords::Verdict;

  void OnPermit(absl::StatusOr<Permit> permit) {
    permit_wait_span_.reset();
    if (!permit.ok()) return Finish({permit.status()});
    permit_ = *std::move(permit);
    Begin();
  }

  void Begin() {
    step_ = creator_.records_.Begin(
        *context_.credential, request_id_, fingerprint_,
        [this](const absl::StatusOr<CreateRecords::Begun>& begun) {
          OnBegun(begun);
        });
  }

  void OnBegun(const absl::StatusOr<CreateRecords::Begun>& begun) {
    if (begun.ok() && begun->verdict == Verdict::kSend) {
      attempt_ = begun->attempt;
      return Send();
    }
    permit_.Release();
    if (!begun.ok()) return Finish({begun.status()});
    if (begun->fingerprint != fingerprint_) {
      return Finish({FieldError(
          "request_id", "an ID that has not been used for another create")});
    }
    switch (begun->verdict) {
      case Verdict::kCreated:
        return Replay(begun->prediction_id);
      case Verdict::kInProgress:
        timer_ = creator_.event_loop_.RunAt(
            creator_.event_loop_.Now() + kAskInterval, [this] { Start(); });
        return;
      default:
        return Finish({OutcomeUnknown()});
    }
  }

  void Send() {
    context_.permit = std::move(permit_);
    step_ = creator_.creator_.Create(
        std::move(context_), std::move(params_),
        [this](absl::StatusOr<v1::Prediction> created) {
          OnResponse(std::move(created));
        });
  }

  void OnResponse(absl::StatusOr<v1::Prediction> created) {
    const std::string attempt = std::exchange(attempt_, "");
    if (created.ok()) {
      creator_.records_.OnCreated(attempt, created->id());
    } else if (CreatedNothing(created.status())) {
      creator_.records_.OnNothingCreated(attempt);
    } else {
      creator_.records_.OnOutcomeUnknown(attempt);
    }
    Finish({std::move(created)});
  }

  void Replay(std::string id) {
    step_ =
        creator_.reader_.Get(std::move(context_), std::move(id),
                             [this](absl::StatusOr<v1::Prediction> prediction) {
                               const bool is_outcome = prediction.ok();
                               Finish({std::move(prediction), is_outcome});
                             });
  }

  // `done` may destroy this.
  void Finish(Result result) {
    Done done = std::move(done_);
    done(std::move(result));
  }

  RecordedCreator& creator_;
  const std::shared_ptr<CredentialBudget> budget_;  // Before the permit.
  CallContext context_;
  const std::string request_id_;
  const std::string fingerprint_;
  CreateParams params_;
  Done done_;

  Permit permit_;
  std::string attempt_;                         // While its outcome is open.
  std::unique_ptr<StepSpan> permit_wait_span_;  // Null: not recorded.
  CallHandle step_;
  TimerHandle timer_;
};

CallHandle RecordedCreator::Create(CallContext context, std::string request_id,
                                   std::string fingerprint, CreateParams params,
                                   Done done) {
  auto attempt = std::make_unique<Attempt>(
      *this, std::move(context), std::move(request_id), std::move(fingerprint),
      std::move(params), std::move(done));
  attempt->Start();
  return attempt;
}

}  // namespace wriftai
