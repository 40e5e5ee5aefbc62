#include "upstream/create/create_deduplicator.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::SizeIs;

constexpr char kRequest[] = "11111111-1111-1111-1111-111111111111";
constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

class CreateDeduplicatorTest : public ::testing::Test {
 protected:
  struct Caller {
    const std::shared_ptr<CallTrace> trace = std::make_shared<CallTrace>();
    CallHandle handle;
    std::optional<absl::StatusOr<v1::Prediction>> answer;
  };

  static CreateParams Params(std::string input = "{}") {
    CreateParams params;
    params.model = {"a", "b", std::nullopt};
    params.input_json = std::move(input);
    return params;
  }

  void Create(Caller& caller, const CreateParams& params = Params(),
              const char* token = "token",
              absl::Duration patience = absl::InfiniteDuration(),
              const char* request_id = kRequest) {
    CallContext context;
    context.trace = caller.trace;
    context.credential = MakeCredential(token);
    context.deadline = event_loop_.Now() + patience;
    caller.answer.reset();
    caller.handle = once_.Create(std::move(context), request_id, params,
                                 [&caller](auto r) { caller.answer = r; });
    event_loop_.RunPosted();
  }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  CreateDeduplicator once_{event_loop_, client_};
  Caller first_;
  Caller second_;
};

TEST_F(CreateDeduplicatorTest, BelongsToTheTraceOfTheFirstCaller) {
  Create(first_);
  Create(second_);
  ASSERT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(client_.calls()[0].context.trace, first_.trace);
}

TEST_F(CreateDeduplicatorTest, ARepeatGetsTheFirstAnswer) {
  Create(first_);
  client_.Complete(MakePrediction(kId, "pending"));
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(1));
  ASSERT_TRUE(second_.answer.has_value());
  EXPECT_EQ((*second_.answer)->id(), kId);
}

TEST_F(CreateDeduplicatorTest, ACallJoinsTheCreateUnderWay) {
  Create(first_);
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(1));
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_EQ((*first_.answer)->id(), kId);
  EXPECT_EQ((*second_.answer)->id(), kId);
}

TEST_F(CreateDeduplicatorTest, TheCreateGoesOnWhenItsCallersLeave) {
  Create(first_);
  first_.handle.reset();
  EXPECT_EQ(client_.pending_count(), 1u);
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_FALSE(first_.answer.has_value());
  Create(second_);
  EXPECT_EQ((*second_.answer)->id(), kId);
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, ADeadlineEndsTheWaitingAndNotTheCreate) {
  Create(first_, Params(), "token", absl::Seconds(1));
  EXPECT_EQ(client_.calls()[0].context.deadline, absl::InfiniteFuture());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(*first_.answer, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(client_.pending_count(), 1u);
  client_.Complete(MakePrediction(kId, "pending"));
}

TEST_F(CreateDeduplicatorTest, ADifferentCreateUnderAUsedIdIsRefused) {
  Create(first_);
  Create(second_, Params("{\"other\":1}"));
  EXPECT_THAT(*second_.answer,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "request_id: expected an ID that has not been used for "
                       "another create"));
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, OptionsArePartOfTheCreate) {
  Create(first_);
  CreateParams validated = Params();
  validated.validate_input = false;
  Create(second_, validated);
  EXPECT_THAT(*second_.answer, StatusIs(absl::StatusCode::kInvalidArgument));
  CreateParams held = Params();
  held.server_wait = 5;
  Create(second_, held);
  EXPECT_THAT(*second_.answer, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CreateDeduplicatorTest, CredentialsDoNotShareIds) {
  Create(first_, Params(), "alice");
  Create(second_, Params(), "bob");
  EXPECT_THAT(client_.calls(), SizeIs(2));
}

TEST_F(CreateDeduplicatorTest, AnUnknownOutcomeIsKeptAndNeverSentAgain) {
  Create(first_);
  client_.Complete(GatewayError(absl::StatusCode::kUnknown,
                                kCreateOutcomeUnknown, "no answer"));
  Create(second_);
  EXPECT_THAT(*second_.answer, StatusIs(absl::StatusCode::kUnknown));
  EXPECT_EQ(ErrorReason(second_.answer->status()), "CREATE_OUTCOME_UNKNOWN");
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, AServersErrorIsKeptSinceItMayHaveCreated) {
  Create(first_);
  client_.Complete(absl::InternalError("500"));
  Create(second_);
  EXPECT_THAT(*second_.answer, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, ARefusalIsForgottenSoThatTheIdMayTryAgain) {
  size_t calls = 0;
  for (const absl::Status& refusal :
       {absl::InvalidArgumentError("422"), absl::UnauthenticatedError("401"),
        absl::ResourceExhaustedError("429"), absl::UnavailableError("503"),
        absl::NotFoundError("404")}) {
    Create(first_);
    EXPECT_EQ(client_.calls().size(), ++calls);
    client_.Complete(refusal);
    EXPECT_EQ(first_.answer->status(), refusal);
  }
}

TEST_F(CreateDeduplicatorTest, TheAnswerIsKeptForTheWindow) {
  Create(first_);
  client_.Complete(MakePrediction(kId, "pending"));
  event_loop_.Advance(CreateDeduplicator::kReplayWindow - absl::Seconds(1));
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(1));
  event_loop_.Advance(absl::Seconds(1));
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(2));
}

TEST_F(CreateDeduplicatorTest, LargeAnswersAreReducedToIdsAndFetchedAgain) {
  v1::Prediction large = MakePrediction(kId, "pending");
  large.set_input_json(std::string(CreateDeduplicator::kMaxBytes + 1, ' '));
  Create(first_);
  client_.Complete(large);
  EXPECT_EQ(once_.kept_bytes(), 0u);
  Create(second_);
  ASSERT_THAT(client_.calls(), SizeIs(2));
  EXPECT_EQ(client_.calls()[1].operation, "get");
  EXPECT_EQ(client_.calls()[1].id, kId);
}

// Creates of one token, each under an id of its own, until one is refused.
class FullCreateOnceTest : public CreateDeduplicatorTest {
 protected:
  // How many were sent.
  size_t Fill(const char* token) {
    const size_t before = client_.calls().size();
    for (int i = 0;; ++i) {
      Create(first_, Params(), token, absl::InfiniteDuration(),
             absl::StrCat(i).c_str());
      if (first_.answer.has_value()) return client_.calls().size() - before;
      client_.Complete(MakePrediction(kId, "pending"));
    }
  }
};

TEST_F(FullCreateOnceTest, NeverForgetsForLackOfRoom) {
  const size_t sent = Fill("alice");
  EXPECT_EQ(sent, 54'000u) << "15 creates a second for an hour";
  EXPECT_EQ(once_.kept_ids(), sent);
  Create(second_, Params(), "alice", absl::InfiniteDuration(), "0");
  EXPECT_EQ((*second_.answer)->id(), kId);
  EXPECT_THAT(client_.calls(), SizeIs(sent));
}

TEST_F(FullCreateOnceTest, RefusesUntilTheOldestIsForgotten) {
  Create(second_, Params(), "alice", absl::InfiniteDuration(), "oldest");
  client_.Complete(MakePrediction(kId, "pending"));
  event_loop_.Advance(CreateDeduplicator::kReplayWindow / 2);
  Fill("alice");
  EXPECT_THAT(
      *first_.answer,
      StatusIs(absl::StatusCode::kResourceExhausted,
               "too many request IDs remembered for this token (54000); "
               "retry later, or create without request_id"));
  EXPECT_EQ(ErrorReason(first_.answer->status()), "TOO_MANY_REQUEST_IDS");
  EXPECT_EQ(RetryDelay(first_.answer->status()),
            CreateDeduplicator::kReplayWindow / 2);
  event_loop_.Advance(CreateDeduplicator::kReplayWindow / 2);
  Create(first_, Params(), "alice", absl::InfiniteDuration(), "one more");
  EXPECT_FALSE(first_.answer.has_value());
}

TEST_F(FullCreateOnceTest, LeavesRoomForCredentialsThatComeLater) {
  EXPECT_EQ(Fill("alice"), CreateDeduplicator::kMaxIds / 2);
  EXPECT_EQ(Fill("bob"), CreateDeduplicator::kMaxIds / 4);
  EXPECT_EQ(Fill("carol"), CreateDeduplicator::kMaxIds / 8);
}

TEST_F(CreateDeduplicatorTest, ForgetsWhoseIdsTheyWere) {
  Create(first_, Params(), "alice");
  client_.Complete(absl::UnauthenticatedError("401"));
  EXPECT_EQ(once_.kept_ids(), 0u);
  Create(first_, Params(), "alice");
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_EQ(once_.kept_ids(), 1u);
  event_loop_.Advance(CreateDeduplicator::kReplayWindow);
  Create(second_, Params(), "bob");
  EXPECT_EQ(once_.kept_ids(), 1u);
}

}  // namespace
}  // namespace wriftai
