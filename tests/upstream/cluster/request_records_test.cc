#include "upstream/cluster/request_records.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/cluster/faulty_store.h"
#include "tests/upstream/cluster/replica_fixture.h"

namespace wriftai::cluster {
namespace {

using Fault = FaultyStore::Fault;
using Verdict = BeginResult::Verdict;

constexpr char kKey[] = "c/request/t/d";

// Owns the credential t.
class RequestRecordsTest : public ReplicaTest {
 protected:
  RequestRecordsTest() {
    Join();
    b_lease_ = AddMember("b.1", "b:1");
    link_.peers["b:1"] = [](const VouchRequest&) { return VouchResponse(); };
    Own();
  }

  void Own() {
    EXPECT_THAT(replica_->tenures.Use("t"), IsOk());
    event_loop_.RunPosted();
    EXPECT_TRUE(replica_->tenures.EpochOf("t").has_value());
  }
  RequestRecords& requests() { return replica_->requests; }

  // Begins, without waiting.
  void Send() {
    result_.reset();
    requests().Begin("t", "d", "f1",
                     [this](absl::StatusOr<BeginResult> result) {
                       ASSERT_FALSE(result_.has_value()) << "called twice";
                       result_ = std::move(result);
                     });
  }
  absl::StatusOr<BeginResult> Begin() {
    Send();
    event_loop_.RunPosted();
    if (!result_.has_value()) return absl::InternalError("no result yet");
    return *result_;
  }
  void Settle(std::optional<std::string> result) {
    requests().Settle((*result_)->attempt, std::move(result));
    event_loop_.RunPosted();
  }
  // A record that another session has written.
  void PutRecord(const std::string& session, const std::string& attempt) {
    RequestRecord record;
    record.session = session;
    record.attempt = attempt;
    record.fingerprint = "f1";
    PutKey(kKey, Encode(record));
  }
  RequestRecord Record() { return *DecodeRequest(ValueOf(kKey)); }

  int64_t b_lease_ = 0;
  std::optional<absl::StatusOr<BeginResult>> result_;
};

TEST_F(RequestRecordsTest, WritesTheRecordBeforeTheCreateIsSent) {
  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->verdict, Verdict::kSend);
  EXPECT_EQ(Record().state, RequestRecord::State::kSending);
  EXPECT_EQ(Record().session, "a.1");
  EXPECT_EQ(Record().attempt, begun->attempt);
  EXPECT_EQ(Record().fingerprint, "f1");
}

TEST_F(RequestRecordsTest, ReplaysTheResult) {
  ASSERT_THAT(Begin(), IsOk());
  Settle("id=7");
  EXPECT_EQ(requests().attempts(), 0u);
  const auto again = Begin();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->verdict, Verdict::kAnswered);
  EXPECT_EQ(again->record.result, "id=7");
  EXPECT_EQ(again->record.fingerprint, "f1");
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, SendsAgainIfNothingWasCreated) {
  ASSERT_THAT(Begin(), IsOk());
  Settle(std::nullopt);
  EXPECT_EQ(ValueOf(kKey), "(none)");
  EXPECT_EQ(Begin()->verdict, Verdict::kSend);
}

TEST_F(RequestRecordsTest, AttemptOfThisProcessIsInProgress) {
  ASSERT_THAT(Begin(), IsOk());
  EXPECT_EQ(Begin()->verdict, Verdict::kInProgress);
}

TEST_F(RequestRecordsTest, AttemptOfALiveSessionIsInProgress) {
  PutRecord("b.1", "b.5");
  EXPECT_EQ(Begin()->verdict, Verdict::kInProgress);
}

TEST_F(RequestRecordsTest, OutcomeOfAnEndedSessionIsUnknownAndKept) {
  PutRecord("b.1", "b.5");
  EndMember(b_lease_);
  EXPECT_EQ(Begin()->verdict, Verdict::kOutcomeUnknown);
  EXPECT_EQ(Begin()->verdict, Verdict::kOutcomeUnknown);
  EXPECT_EQ(Record().attempt, "b.5");
}

TEST_F(RequestRecordsTest, SessionThatTheViewDoesNotShowYetIsInProgress) {
  connection_.BreakWatches(absl::UnavailableError("broken"));
  AddMember("new.1", "new:1");
  PutRecord("new.1", "new.1");
  EXPECT_EQ(Begin()->verdict, Verdict::kInProgress);
}

TEST_F(RequestRecordsTest, FailsWithoutTenure) {
  replica_->tenures.Release("t");
  EXPECT_THAT(Begin(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                "this replica does not own the credential"));
}

TEST_F(RequestRecordsTest, FailsIfTheTenureHasEndedUnseen) {
  connection_.BreakWatches(absl::UnavailableError("broken"));
  PutKey("c/owner/t", "b.1", b_lease_);
  EXPECT_THAT(Begin(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                "this replica no longer owns the credential"));
  EXPECT_EQ(ValueOf(kKey), "(none)");
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, UnreadableRecordIsDataLoss) {
  PutKey(kKey, "?");
  EXPECT_THAT(Begin(), StatusIs(absl::StatusCode::kDataLoss,
                                "request record: expected the state sending or "
                                "answered"));
}

TEST_F(RequestRecordsTest, FullStoreRejectsAndKeepsNothing) {
  store_.state().set_full(true);
  EXPECT_THAT(Begin(), StatusIs(absl::StatusCode::kResourceExhausted,
                                "the store is full"));
  EXPECT_EQ(requests().attempts(), 0u);
}

// etcd writes the record that crosses its quota, and reports it as full then.
TEST_F(RequestRecordsTest, RecordThatFilledTheStoreIsUndone) {
  ASSERT_THAT(Begin(), IsOk());  // The lease exists.
  Settle(std::nullopt);
  connection_.set_fault(Fault::kFillsUp);
  Send();
  // Commits of the undo fail, too.
  event_loop_.RunPosted();
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kResourceExhausted, "full"));
  EXPECT_EQ(requests().attempts(), 1u);
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(ValueOf(kKey), "(none)");
  EXPECT_EQ(requests().attempts(), 0u);
}

constexpr char kNoAnswer[] =
    "the store has not confirmed the request ID in time; nothing was sent";

TEST_F(RequestRecordsTest, UnconfirmedBeginFailsInTimeAndIsUndone) {
  ASSERT_THAT(Begin(), IsOk());  // The lease exists.
  Settle(std::nullopt);
  connection_.set_fault(Fault::kResponsesLost);
  Send();
  event_loop_.Advance(times_.begin_deadline - absl::Nanoseconds(1));
  EXPECT_FALSE(result_.has_value());
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kUnavailable, kNoAnswer));
  EXPECT_NE(ValueOf(kKey), "(none)");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(requests().attempts(), 1u);
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.store_deadline + times_.retry_interval);
  EXPECT_EQ(ValueOf(kKey), "(none)");
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, BeginThatBreaksOffFailsAtOnceAndIsUndone) {
  ASSERT_THAT(Begin(), IsOk());  // The lease exists.
  Settle(std::nullopt);
  connection_.set_fault(Fault::kBreaks);
  Send();
  event_loop_.RunPosted();
  ASSERT_TRUE(result_.has_value());
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kUnavailable, kNoAnswer));
  // The undo has read the record, but its delete breaks off, too.
  EXPECT_EQ(requests().attempts(), 1u);
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(ValueOf(kKey), "(none)");
  EXPECT_EQ(requests().attempts(), 0u);
  // A retry is sent.
  EXPECT_EQ(Begin()->verdict, Verdict::kSend);
}

TEST_F(RequestRecordsTest, UndoSparesALaterRecord) {
  ASSERT_THAT(Begin(), IsOk());  // The lease exists.
  Settle(std::nullopt);
  connection_.set_fault(Fault::kFillsUp);
  connection_.set_read_delay(absl::Milliseconds(100));
  Send();
  event_loop_.RunPosted();
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kResourceExhausted, "full"));
  // Written after the undo has read the record.
  PutRecord("b.1", "b.7");
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(absl::Milliseconds(100));
  EXPECT_EQ(requests().attempts(), 0u);
  ASSERT_NE(ValueOf(kKey), "(none)");
  EXPECT_EQ(Record().attempt, "b.7");
}

TEST_F(RequestRecordsTest, ResultOfARecordThatHasExpiredIsGivenUp) {
  ASSERT_THAT(Begin(), IsOk());
  EndMember(Read(kKey)->lease);
  Settle("id=7");
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(requests().attempts(), 0u);
  EXPECT_EQ(ValueOf(kKey), "(none)");
}

TEST_F(RequestRecordsTest, WithoutLeaseNothingHasToBeUndone) {
  connection_.set_fault(Fault::kCut);
  Send();
  event_loop_.Advance(times_.begin_deadline);
  EXPECT_THAT(*result_, StatusIs(absl::StatusCode::kUnavailable, kNoAnswer));
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, RecordThatArrivesAfterItWasUndoneIsReplaced) {
  // This process has no such attempt any more, so it has not sent it.
  PutRecord("a.1", "a.77");
  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->verdict, Verdict::kSend);
  EXPECT_EQ(Record().attempt, begun->attempt);
}

TEST_F(RequestRecordsTest, UndoSparesTheRecordOfAnotherAttempt) {
  ASSERT_THAT(Begin(), IsOk());
  Settle(std::nullopt);
  connection_.set_fault(Fault::kCut);
  Send();
  event_loop_.Advance(times_.begin_deadline);
  PutRecord("b.1", "b.5");
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(Record().attempt, "b.5");
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, SettlesAfterTheTenureAndOnceTheStoreAnswers) {
  ASSERT_THAT(Begin(), IsOk());
  replica_->session.OnSeenEnded();
  connection_.set_fault(Fault::kCut);
  Settle("id=7");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(Record().state, RequestRecord::State::kSending);
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.store_deadline + times_.retry_interval);
  EXPECT_EQ(Record().result, "id=7");
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, SettlesOnceTheFullStoreHasRoom) {
  ASSERT_THAT(Begin(), IsOk());
  store_.state().set_full(true);
  Settle("id=7");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(Record().state, RequestRecord::State::kSending);
  store_.state().set_full(false);
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(Record().result, "id=7");
}

TEST_F(RequestRecordsTest, SettlingTwiceInTheStoreIsHarmless) {
  ASSERT_THAT(Begin(), IsOk());
  connection_.set_fault(Fault::kResponsesLost);
  Settle("id=7");
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.store_deadline + times_.retry_interval);
  EXPECT_EQ(Record().result, "id=7");
  EXPECT_EQ(requests().attempts(), 0u);
}

TEST_F(RequestRecordsTest, RecordsOfAMinuteShareALease) {
  ASSERT_THAT(Begin(), IsOk());
  const int64_t lease = Read(kKey)->lease;
  Settle("id=7");
  EXPECT_EQ(Read(kKey)->lease, lease) << "detached by the result";
  requests().Begin("t", "d2", "f", [](const auto&) {});
  event_loop_.RunPosted();
  EXPECT_EQ(Read("c/request/t/d2")->lease, lease);
  event_loop_.Advance(times_.request_lease_interval);
  requests().Begin("t", "d3", "f", [](const auto&) {});
  event_loop_.RunPosted();
  EXPECT_NE(Read("c/request/t/d3")->lease, lease);
}

TEST_F(RequestRecordsTest, RecordExpires) {
  ASSERT_THAT(Begin(), IsOk());
  Settle("id=7");
  event_loop_.Advance(times_.request_ttl - absl::Seconds(1));
  EXPECT_NE(ValueOf(kKey), "(none)");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(ValueOf(kKey), "(none)");
}

TEST_F(RequestRecordsTest, LeaseThatHasEndedEarlyIsReplaced) {
  ASSERT_THAT(Begin(), IsOk());
  const int64_t lease = Read(kKey)->lease;
  ASSERT_THAT(store_.state().RevokeLease(lease), IsOk());
  Settle("id=7");
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_EQ(requests().attempts(), 0u) << "the record was gone";
  EXPECT_EQ(Begin()->verdict, Verdict::kSend);
  EXPECT_NE(Read(kKey)->lease, lease);
}

TEST_F(RequestRecordsTest, RejectsMoreThanMaxAttempts) {
  const auto begin = [this](size_t i) {
    requests().Begin("t", std::to_string(i), "f",
                     [this](absl::StatusOr<BeginResult> result) {
                       result_ = std::move(result);
                     });
  };
  for (size_t i = 0; i < RequestRecords::kMaxAttempts; ++i) begin(i);
  EXPECT_FALSE(result_.has_value());
  begin(RequestRecords::kMaxAttempts);
  EXPECT_THAT(*result_,
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "too many creates in progress (9000); retry later"));
}

}  // namespace
}  // namespace wriftai::cluster
