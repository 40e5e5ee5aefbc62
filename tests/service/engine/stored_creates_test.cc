#include "service/engine/stored_creates.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/engine/ownership_fixture.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Fault = cluster::FaultyStore::Fault;
using Verdict = CreateRecords::Verdict;

constexpr char kRequestId[] = "0d6a5c2e-63a5-4b0e-9f0b-6a3c5c1d2e3f";
constexpr char kPrediction[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

class StoredCreatesTest : public OwnershipTest {
 protected:
  StoredCreatesTest() { Use(); }

  void Send(const std::string& request_id = kRequestId) {
    result_.reset();
    call_ = creates_.Begin(*credential_, request_id, "f1",
                           [this](absl::StatusOr<CreateRecords::Begun> begun) {
                             ASSERT_FALSE(result_.has_value()) << "twice";
                             result_ = std::move(begun);
                           });
    EXPECT_FALSE(result_.has_value()) << "inside Begin()";
  }
  absl::StatusOr<CreateRecords::Begun> Begin(
      const std::string& request_id = kRequestId) {
    Send(request_id);
    event_loop_.Advance(times_.begin_deadline);
    if (!result_.has_value()) return absl::InternalError("no result");
    return *result_;
  }
  // All records of creates, as text.
  std::string Records() {
    std::string text;
    for (const cluster::KeyValue& entry :
         store_.state().Range({"c/request/", "c/request0"}).entries) {
      absl::StrAppend(&text, entry.key, " ", entry.value, "\n");
    }
    return text;
  }

  StoredCreates creates_{event_loop_, "c", replica_->requests};
  CallHandle call_;
  std::optional<absl::StatusOr<CreateRecords::Begun>> result_;
};

TEST_F(StoredCreatesTest, NewCreateIsSent) {
  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->verdict, Verdict::kSend);
  EXPECT_FALSE(begun->attempt.empty());
  EXPECT_THAT(Records(), HasSubstr("fingerprint=f1\n"));
}

TEST_F(StoredCreatesTest, CreatedPredictionIsReplayed) {
  creates_.OnCreated(Begin()->attempt, kPrediction);
  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->verdict, Verdict::kCreated);
  EXPECT_EQ(begun->prediction_id, kPrediction);
  EXPECT_EQ(begun->fingerprint, "f1");
}

TEST_F(StoredCreatesTest, UnknownOutcomeIsKept) {
  creates_.OnOutcomeUnknown(Begin()->attempt);
  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->verdict, Verdict::kOutcomeUnknown);
  EXPECT_EQ(begun->fingerprint, "f1");
}

TEST_F(StoredCreatesTest, CreateThatCreatedNothingIsForgotten) {
  creates_.OnNothingCreated(Begin()->attempt);
  event_loop_.RunPosted();
  EXPECT_EQ(Records(), "");
  EXPECT_EQ(Begin()->verdict, Verdict::kSend);
}

TEST_F(StoredCreatesTest, CreateInProgressIsNotSentAgain) {
  ASSERT_EQ(Begin()->verdict, Verdict::kSend);
  EXPECT_EQ(Begin()->verdict, Verdict::kInProgress);
}

TEST_F(StoredCreatesTest, RequestIdsAreApart) {
  ASSERT_EQ(Begin()->verdict, Verdict::kSend);
  EXPECT_EQ(Begin("1d6a5c2e-63a5-4b0e-9f0b-6a3c5c1d2e3f")->verdict,
            Verdict::kSend);
}

TEST_F(StoredCreatesTest, StoreSeesNeitherTokenNorRequestId) {
  creates_.OnCreated(Begin()->attempt, kPrediction);
  event_loop_.RunPosted();
  EXPECT_THAT(Records(), HasSubstr("result=created "));
  EXPECT_THAT(Records(), Not(HasSubstr("token")));
  EXPECT_THAT(Records(), Not(HasSubstr(credential_->key())));
  EXPECT_THAT(Records(), Not(HasSubstr(kRequestId)));
}

TEST_F(StoredCreatesTest, ResultOfALaterBuildIsUnknown) {
  const std::string attempt = Begin()->attempt;
  replica_->requests.Settle(attempt, "paused for tea");
  EXPECT_EQ(Begin()->verdict, Verdict::kOutcomeUnknown);
}

TEST_F(StoredCreatesTest, CreatedPredictionWithoutUuidIsUnknown) {
  creates_.OnCreated(Begin()->attempt, "../etc");
  EXPECT_EQ(Begin()->verdict, Verdict::kOutcomeUnknown);
}

TEST_F(StoredCreatesTest, UnreadableRecordIsUnknown) {
  ASSERT_EQ(Begin()->verdict, Verdict::kSend);
  PutKey(store_.state().Range({"c/request/", "c/request0"}).entries[0].key,
         "garbage");
  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->verdict, Verdict::kOutcomeUnknown);
  EXPECT_EQ(begun->fingerprint, "f1");
}

TEST_F(StoredCreatesTest, NeedsTheTenure) {
  BPuts("b.1");
  const auto begun = Begin();
  EXPECT_THAT(begun.status(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(begun.status()), v1::NOT_OWNER);
}

TEST_F(StoredCreatesTest, SilentStoreSendsNothing) {
  connection_.set_fault(Fault::kCut);
  const auto begun = Begin();
  EXPECT_THAT(begun.status(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(begun.status()), v1::STORE_DOWN);
  EXPECT_EQ(RetryDelay(begun.status()), absl::Seconds(1));
}

TEST_F(StoredCreatesTest, FullStoreSendsNothing) {
  connection_.set_fault(Fault::kFillsUp);
  EXPECT_EQ(ReasonOf(Begin().status()), v1::STORE_DOWN);
}

TEST_F(StoredCreatesTest, BeginDroppedInFlightLeavesNoRecord) {
  Send();
  call_.reset();
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_FALSE(result_.has_value());
  EXPECT_EQ(Records(), "");
  EXPECT_EQ(replica_->requests.attempts(), 0);
}

}  // namespace
}  // namespace wriftai
