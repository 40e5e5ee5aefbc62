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
    std::optional<absl::StatusOr<v1::Prediction>> result;
  };

  static CreateParams Params(std::string input = "{}") {
    CreateParams params;
    params.model = {"a", "b", std::nullopt};
    params.input_json = std::move(input);
    return params;
  }

  void Create(Caller& caller, const CreateParams& params = Params(),
              const char* token = "token",
              absl::Duration timeout = absl::InfiniteDuration(),
              const char* request_id = kRequest) {
    CallContext context;
    context.trace = caller.trace;
    context.credential = MakeCredential(token);
    context.deadline = event_loop_.Now() + timeout;
    caller.result.reset();
    caller.handle =
        deduplicator_.Create(std::move(context), request_id, params,
                             [&caller](auto r) { caller.result = r; });
    event_loop_.RunPosted();
  }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  CreateDeduplicator deduplicator_{event_loop_, client_, client_};
  Caller first_;
  Caller second_;
};

TEST_F(CreateDeduplicatorTest, UsesTraceOfFirstCaller) {
  Create(first_);
  Create(second_);
  ASSERT_THAT(client_.calls(), SizeIs(1));
  EXPECT_EQ(client_.calls()[0].context.trace, first_.trace);
}

TEST_F(CreateDeduplicatorTest, ReturnsFirstResultToRepeatedCreate) {
  Create(first_);
  client_.Complete(MakePrediction(kId, "pending"));
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(1));
  ASSERT_TRUE(second_.result.has_value());
  EXPECT_EQ((*second_.result)->id(), kId);
}

TEST_F(CreateDeduplicatorTest, JoinsCreateInFlight) {
  Create(first_);
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(1));
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_EQ((*first_.result)->id(), kId);
  EXPECT_EQ((*second_.result)->id(), kId);
}

TEST_F(CreateDeduplicatorTest, ContinuesCreateWhenCallersCancel) {
  Create(first_);
  first_.handle.reset();
  EXPECT_EQ(client_.pending_count(), 1u);
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_FALSE(first_.result.has_value());
  Create(second_);
  EXPECT_EQ((*second_.result)->id(), kId);
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, DeadlineEndsWaitButNotCreate) {
  Create(first_, Params(), "token", absl::Seconds(1));
  EXPECT_EQ(client_.calls()[0].context.deadline, absl::InfiniteFuture());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(*first_.result, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(client_.pending_count(), 1u);
  client_.Complete(MakePrediction(kId, "pending"));
}

TEST_F(CreateDeduplicatorTest, RejectsDifferentCreateWithUsedId) {
  Create(first_);
  Create(second_, Params("{\"other\":1}"));
  EXPECT_THAT(*second_.result,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "request_id: expected an ID that has not been used for "
                       "another create"));
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, ComparesCreateOptions) {
  Create(first_);
  CreateParams validated = Params();
  validated.validate_input = false;
  Create(second_, validated);
  EXPECT_THAT(*second_.result, StatusIs(absl::StatusCode::kInvalidArgument));
  CreateParams held = Params();
  held.server_wait = 5;
  Create(second_, held);
  EXPECT_THAT(*second_.result, StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CreateDeduplicatorTest, KeepsIdsPerCredential) {
  Create(first_, Params(), "alice");
  Create(second_, Params(), "bob");
  EXPECT_THAT(client_.calls(), SizeIs(2));
}

TEST_F(CreateDeduplicatorTest, KeepsUnknownOutcome) {
  Create(first_);
  client_.Complete(GatewayError(absl::StatusCode::kUnknown,
                                v1::CREATE_OUTCOME_UNKNOWN, "no response"));
  Create(second_);
  EXPECT_THAT(*second_.result, StatusIs(absl::StatusCode::kUnknown));
  EXPECT_EQ(ReasonOf(second_.result->status()), v1::CREATE_OUTCOME_UNKNOWN);
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, KeepsServerError) {
  Create(first_);
  client_.Complete(absl::InternalError("500"));
  Create(second_);
  EXPECT_THAT(*second_.result, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(client_.calls(), SizeIs(1));
}

TEST_F(CreateDeduplicatorTest, ForgetsRejectionForRetryWithSameId) {
  size_t calls = 0;
  for (const absl::Status& rejection :
       {absl::InvalidArgumentError("422"), absl::UnauthenticatedError("401"),
        absl::ResourceExhaustedError("429"), absl::UnavailableError("503"),
        absl::NotFoundError("404")}) {
    Create(first_);
    EXPECT_EQ(client_.calls().size(), ++calls);
    client_.Complete(rejection);
    EXPECT_EQ(first_.result->status(), rejection);
  }
}

TEST_F(CreateDeduplicatorTest, KeepsResultForReplayWindow) {
  Create(first_);
  client_.Complete(MakePrediction(kId, "pending"));
  event_loop_.Advance(CreateDeduplicator::kReplayWindow - absl::Seconds(1));
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(1));
  event_loop_.Advance(absl::Seconds(1));
  Create(second_);
  EXPECT_THAT(client_.calls(), SizeIs(2));
}

TEST_F(CreateDeduplicatorTest, ReducesLargeResultsToIdsAndFetchesThem) {
  v1::Prediction large = MakePrediction(kId, "pending");
  large.set_input_json(std::string(CreateDeduplicator::kMaxBytes + 1, ' '));
  Create(first_);
  client_.Complete(large);
  EXPECT_EQ(deduplicator_.kept_bytes(), 0u);
  Create(second_);
  ASSERT_THAT(client_.calls(), SizeIs(2));
  EXPECT_EQ(client_.calls()[1].operation, "get");
  EXPECT_EQ(client_.calls()[1].id, kId);
}

// Creates with distinct IDs until one is rejected.
class FullCreateDeduplicatorTest : public CreateDeduplicatorTest {
 protected:
  // Returns how many were sent.
  size_t Fill(const char* token) {
    const size_t before = client_.calls().size();
    for (int i = 0;; ++i) {
      Create(first_, Params(), token, absl::InfiniteDuration(),
             absl::StrCat(i).c_str());
      if (first_.result.has_value()) return client_.calls().size() - before;
      client_.Complete(MakePrediction(kId, "pending"));
    }
  }
};

TEST_F(FullCreateDeduplicatorTest, NeverForgetsIdsWhenFull) {
  const size_t sent = Fill("alice");
  EXPECT_EQ(sent, 54'000u) << "15 creates per second for an hour";
  EXPECT_EQ(deduplicator_.kept_ids(), sent);
  Create(second_, Params(), "alice", absl::InfiniteDuration(), "0");
  EXPECT_EQ((*second_.result)->id(), kId);
  EXPECT_THAT(client_.calls(), SizeIs(sent));
}

TEST_F(FullCreateDeduplicatorTest, RejectsUntilOldestExpires) {
  Create(second_, Params(), "alice", absl::InfiniteDuration(), "oldest");
  client_.Complete(MakePrediction(kId, "pending"));
  event_loop_.Advance(CreateDeduplicator::kReplayWindow / 2);
  Fill("alice");
  EXPECT_THAT(
      *first_.result,
      StatusIs(absl::StatusCode::kResourceExhausted,
               "too many request IDs remembered for this token (54000); "
               "retry later, or create without request_id"));
  EXPECT_EQ(ReasonOf(first_.result->status()), v1::TOO_MANY_REQUEST_IDS);
  EXPECT_EQ(RetryDelay(first_.result->status()),
            CreateDeduplicator::kReplayWindow / 2);
  event_loop_.Advance(CreateDeduplicator::kReplayWindow / 2);
  Create(first_, Params(), "alice", absl::InfiniteDuration(), "one more");
  EXPECT_FALSE(first_.result.has_value());
}

TEST_F(FullCreateDeduplicatorTest, LeavesIdsForLaterCredentials) {
  EXPECT_EQ(Fill("alice"), CreateDeduplicator::kMaxIds / 2);
  EXPECT_EQ(Fill("bob"), CreateDeduplicator::kMaxIds / 4);
  EXPECT_EQ(Fill("carol"), CreateDeduplicator::kMaxIds / 8);
}

TEST_F(CreateDeduplicatorTest, ReleasesIdsOfCredential) {
  Create(first_, Params(), "alice");
  client_.Complete(absl::UnauthenticatedError("401"));
  EXPECT_EQ(deduplicator_.kept_ids(), 0u);
  Create(first_, Params(), "alice");
  client_.Complete(MakePrediction(kId, "pending"));
  EXPECT_EQ(deduplicator_.kept_ids(), 1u);
  event_loop_.Advance(CreateDeduplicator::kReplayWindow);
  Create(second_, Params(), "bob");
  EXPECT_EQ(deduplicator_.kept_ids(), 1u);
}

}  // namespace
}  // namespace wriftai
