#include "upstream/create/recorded_creator.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "upstream/create/create_deduplicator.h"
#include "upstream/error_details.h"
#include "upstream/request_spans.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Verdict = CreateRecords::Verdict;

constexpr char kRequest[] = "11111111-1111-1111-1111-111111111111";
constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

// Records that the test answers.
class FakeRecords : public CreateRecords {
 public:
  CallHandle Begin(const Credential& credential, const std::string& request_id,
                   const std::string& fingerprint, BeginDone done) override {
    log.push_back("begin");
    last_fingerprint = fingerprint;
    done_ = std::move(done);
    return std::make_unique<Call>();
  }
  void OnCreated(const std::string& attempt, const std::string& id) override {
    log.push_back(absl::StrCat(attempt, " created ", id));
  }
  void OnNothingCreated(const std::string& attempt) override {
    log.push_back(absl::StrCat(attempt, " created nothing"));
  }
  void OnOutcomeUnknown(const std::string& attempt) override {
    log.push_back(absl::StrCat(attempt, " unknown"));
  }

  void Answer(absl::StatusOr<Begun> begun) {
    BeginDone done = std::move(done_);
    done(std::move(begun));
  }
  void Answer(Verdict verdict, std::string prediction_id = "") {
    Begun begun;
    begun.verdict = verdict;
    if (verdict == Verdict::kSend) begun.attempt = "a.1";
    begun.fingerprint = last_fingerprint;
    begun.prediction_id = std::move(prediction_id);
    Answer(begun);
  }

  std::vector<std::string> log;
  std::string last_fingerprint;

 private:
  BeginDone done_;
};

// Counts the waits for the budget.
class BudgetWaits : public RequestSpans {
 public:
  std::unique_ptr<StepSpan> BeginBudgetWait() override {
    struct Wait : StepSpan {
      explicit Wait(BudgetWaits& owner) : waits(owner) { ++waits.begun; }
      ~Wait() override { ++waits.ended; }
      BudgetWaits& waits;
    };
    return std::make_unique<Wait>(*this);
  }
  std::unique_ptr<RequestSpan> BeginRequest(const CallSubject& /*subject*/,
                                            int /*resends*/,
                                            HttpRequest& /*request*/) override {
    return nullptr;
  }

  int begun = 0;
  int ended = 0;
};

// Creates through a deduplicator, as callers do.
class RecordedCreatorTest : public ::testing::Test {
 protected:
  void Create(const char* input = "{}") {
    result_.reset();
    CallContext context;
    context.credential = credential_;
    context.trace = trace_;
    CreateParams params;
    params.model = {"a", "b", std::nullopt};
    params.input_json = input;
    handle_ = deduplicator_->Create(std::move(context), kRequest, params,
                                    [this](auto result) { result_ = result; });
    event_loop_.RunPosted();
  }
  void Answer(Verdict verdict, std::string prediction_id = "") {
    records_.Answer(verdict, std::move(prediction_id));
    event_loop_.RunPosted();
  }
  void Respond(absl::StatusOr<v1::Prediction> created) {
    client_.Complete(std::move(created));
    event_loop_.RunPosted();
  }
  Budget& creates() { return budgets_.For(credential_)->creates; }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  FakeRecords records_;
  BudgetRegistry budgets_{{3, 1}, event_loop_};
  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  RecordedCreator creator_{event_loop_, budgets_, records_, client_, client_};
  std::optional<CreateDeduplicator> deduplicator_{std::in_place, event_loop_,
                                                  client_, client_, &creator_};
  std::shared_ptr<CallTrace> trace_;
  CallHandle handle_;
  std::optional<absl::StatusOr<v1::Prediction>> result_;
};

TEST_F(RecordedCreatorTest, RecordsItsWaitForTheBudget) {
  const auto waits = std::make_shared<BudgetWaits>();
  trace_ = std::make_shared<CallTrace>();
  trace_->spans = waits;
  creates().TryAcquire(Priority::kCall)->OnResponse(RateLimit(), false);
  Create();
  EXPECT_EQ(waits->begun, 1);
  EXPECT_EQ(waits->ended, 0);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(waits->ended, 1);
}

TEST_F(RecordedCreatorTest, BeginsTheRecordBetweenThePermitAndThePost) {
  creates().TryAcquire(Priority::kCall)->OnResponse(RateLimit(), false);
  Create();
  EXPECT_THAT(records_.log, IsEmpty()) << "before there is a permit";
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(records_.log, ElementsAre("begin"));
  EXPECT_THAT(client_.calls(), IsEmpty());
  Answer(Verdict::kSend);
  ASSERT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(creates().stats().outstanding, 1);
  EXPECT_EQ(creates().stats().calls, 2);
}

TEST_F(RecordedCreatorTest, SettlesWithTheIdOfThePrediction) {
  Create();
  Answer(Verdict::kSend);
  Respond(MakePrediction(kId, "pending"));
  EXPECT_THAT(records_.log,
              ElementsAre("begin", absl::StrCat("a.1 created ", kId)));
  ASSERT_TRUE(result_.has_value());
  EXPECT_EQ((*result_)->id(), kId);
}

TEST_F(RecordedCreatorTest, RejectedCreateIsForgotten) {
  Create();
  Answer(Verdict::kSend);
  Respond(absl::InvalidArgumentError("no such model"));
  EXPECT_THAT(records_.log, ElementsAre("begin", "a.1 created nothing"));
  event_loop_.Advance(absl::Seconds(1));
  Create();
  EXPECT_THAT(records_.log, SizeIs(3)) << "begins again";
}

TEST_F(RecordedCreatorTest, UnknownOutcomeIsKept) {
  Create();
  Answer(Verdict::kSend);
  Respond(absl::UnknownError("connection lost"));
  EXPECT_THAT(records_.log, ElementsAre("begin", "a.1 unknown"));
  Create();
  EXPECT_THAT(records_.log, SizeIs(2));
  EXPECT_THAT(*result_,
              StatusIs(absl::StatusCode::kUnknown, "connection lost"));
}

TEST_F(RecordedCreatorTest, SendsNothingIfTheStoreDoesNotAnswer) {
  Create();
  records_.Answer(absl::UnavailableError("no answer"));
  event_loop_.RunPosted();
  EXPECT_THAT(client_.calls(), IsEmpty());
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kUnavailable, "no answer"));
  EXPECT_EQ(creates().stats().calls, 0) << "the permit is given back";
  EXPECT_EQ(deduplicator_->kept_ids(), 0u);
}

TEST_F(RecordedCreatorTest, ReplaysWhatAnotherReplicaCreated) {
  Create();
  Answer(Verdict::kCreated, kId);
  ASSERT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(client_.calls()[0].operation, "get");
  EXPECT_EQ(client_.calls()[0].id, kId);
  EXPECT_EQ(creates().stats().calls, 0) << "the permit is given back";
  Respond(MakePrediction(kId, "started"));
  EXPECT_EQ((*result_)->status_text(), "started");
  Create();
  EXPECT_EQ((*result_)->id(), kId) << "from memory";
  EXPECT_THAT(records_.log, ElementsAre("begin"));
}

TEST_F(RecordedCreatorTest, FailedReplayIsNotTheOutcome) {
  Create();
  Answer(Verdict::kCreated, kId);
  Respond(absl::InternalError("bad response"));
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kInternal, "bad response"));
  Create();
  EXPECT_THAT(records_.log, ElementsAre("begin", "begin"));
}

TEST_F(RecordedCreatorTest, CreateOfAnEndedSessionIsUnknownAndKept) {
  Create();
  Answer(Verdict::kOutcomeUnknown);
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kUnknown,
                                 HasSubstr("may have created a prediction")));
  EXPECT_EQ(ReasonOf(result_->status()), v1::CREATE_OUTCOME_UNKNOWN);
  EXPECT_EQ(MetadataOf(kCreateOutcomeKey, result_->status()),
            kCreateOutcomeIsUnknown);
  EXPECT_THAT(client_.calls(), IsEmpty());
  Create();
  EXPECT_THAT(records_.log, ElementsAre("begin"));
}

TEST_F(RecordedCreatorTest, AsksAgainWhileAnotherAttemptIsInProgress) {
  Create();
  Answer(Verdict::kInProgress);
  EXPECT_EQ(creates().stats().calls, 0) << "holds no permit meanwhile";
  event_loop_.Advance(RecordedCreator::kAskInterval);
  EXPECT_THAT(records_.log, ElementsAre("begin", "begin"));
  Answer(Verdict::kCreated, kId);
  Respond(MakePrediction(kId, "pending"));
  EXPECT_THAT(*result_, IsOk());
}

TEST_F(RecordedCreatorTest, RejectsAnIdThatWasUsedForAnotherCreate) {
  for (const Verdict verdict :
       {Verdict::kCreated, Verdict::kInProgress, Verdict::kOutcomeUnknown}) {
    Create();
    records_.last_fingerprint = "another";
    Answer(verdict, kId);
    EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kInvalidArgument,
                                   HasSubstr("request_id: expected an ID")));
  }
  EXPECT_THAT(client_.calls(), IsEmpty());
}

TEST_F(RecordedCreatorTest, EqualCreatesHaveEqualFingerprintsInHex) {
  Create();
  const std::string fingerprint = records_.last_fingerprint;
  EXPECT_EQ(fingerprint.size(), 64u);
  EXPECT_EQ(fingerprint.find_first_not_of("0123456789abcdef"),
            std::string::npos);
  records_.Answer(absl::UnavailableError("down"));
  Create();
  EXPECT_EQ(records_.last_fingerprint, fingerprint);
  records_.Answer(absl::UnavailableError("down"));
  Create("{\"a\":1}");
  EXPECT_NE(records_.last_fingerprint, fingerprint);
}

TEST_F(RecordedCreatorTest, DroppedCreateHasAnUnknownOutcome) {
  Create();
  Answer(Verdict::kSend);
  handle_.reset();
  deduplicator_.reset();
  EXPECT_THAT(records_.log, ElementsAre("begin", "a.1 unknown"));
}

}  // namespace
}  // namespace wriftai
