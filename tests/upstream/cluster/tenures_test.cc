#include "upstream/cluster/tenures.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/cluster/faulty_store.h"
#include "tests/upstream/cluster/replica_fixture.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Fault = FaultyStore::Fault;

// Joined, with the member b.1.
class TenuresTest : public ReplicaTest {
 protected:
  TenuresTest() {
    Join();
    b_lease_ = AddMember("b.1", "b:1");
    link_.peers["b:1"] = [](const VouchRequest&) { return VouchResponse(); };
  }

  Tenures& tenures() { return replica_->tenures; }
  void Use(const std::string& tag = "t") {
    ASSERT_THAT(tenures().Use(tag), IsOk());
    event_loop_.RunPosted();
  }
  std::string OwnerOf(const std::string& tag = "t") {
    return ValueOf(keys_.Owner(tag));
  }
  // As a claim by b.1, or its release.
  void BPuts(const std::string& value, const std::string& tag = "t") {
    PutKey(keys_.Owner(tag), value, b_lease_);
  }
  // How long it takes until the credential may grant.
  absl::Duration TimeToGrant(const std::string& tag = "t") {
    const absl::Time start = event_loop_.Now();
    while (!tenures().MayGrant(tag) &&
           event_loop_.Now() - start < absl::Seconds(30)) {
      event_loop_.Advance(absl::Milliseconds(1));
    }
    return event_loop_.Now() - start;
  }

  int64_t b_lease_ = 0;
};

TEST_F(TenuresTest, NeverOwnedGrantsAtOnce) {
  EXPECT_FALSE(tenures().MayGrant("t"));
  Use();
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_EQ(Read("c/owner/t")->lease, replica_->session.lease());
  EXPECT_EQ(tenures().EpochOf("t"), Read("c/owner/t")->mod_revision);
  EXPECT_TRUE(tenures().MayGrant("t"));
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
}

TEST_F(TenuresTest, ClaimsNothingBeforeUse) {
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(OwnerOf(), "(none)");
  EXPECT_EQ(tenures().EpochOf("t"), std::nullopt);
}

TEST_F(TenuresTest, DoesNotClaimWhatAnotherOwns) {
  BPuts("b.1");
  const int64_t commits = connection_.commits();
  Use();
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(OwnerOf(), "b.1");
  EXPECT_EQ(connection_.commits(), commits);
  EXPECT_FALSE(tenures().MayGrant("t"));
}

// The watch is late: the view shows no owner, or a released record.
TEST_F(TenuresTest, ClaimSparesAnOwnerThatTheViewDoesNotShowYet) {
  BPuts("released", "u");
  const int64_t commits = connection_.commits();
  connection_.set_fault(Fault::kEventsLate);
  for (const char* const tag : {"t", "u"}) {
    BPuts("b.1", tag);
    Use(tag);
    event_loop_.Advance(times_.claim_interval);
  }
  EXPECT_EQ(connection_.commits(), commits + 2);
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(absl::Seconds(5));
  for (const char* const tag : {"t", "u"}) {
    EXPECT_EQ(OwnerOf(tag), "b.1");
    EXPECT_EQ(tenures().EpochOf(tag), std::nullopt);
  }
}

TEST_F(TenuresTest, UnreleasedTenureIsTakenOverAfterCertaintyAndPause) {
  BPuts("b.1");
  Use();
  EndMember(b_lease_);
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_TRUE(tenures().EpochOf("t").has_value());
  EXPECT_EQ(TimeToGrant(), times_.unreleased_pause());
}

TEST_F(TenuresTest, ReleasedTenureIsTakenOverAfterThePauseOnly) {
  BPuts("b.1");
  Use();
  BPuts("released");
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_EQ(TimeToGrant(), times_.takeover_pause);
}

TEST_F(TenuresTest, HandedOverTenureBeginsAfterThePauseWithoutUse) {
  BPuts("b.1");
  PutKey("c/owner/t", "a.1", replica_->session.lease());
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
  EXPECT_EQ(TimeToGrant(), times_.takeover_pause);
}

TEST_F(TenuresTest, GrantsNothingInThePauseAfterJoining) {
  replica_->session.OnSeenEnded();
  Use();
  event_loop_.Advance(times_.read_interval);
  ASSERT_TRUE(tenures().EpochOf("t").has_value());
  EXPECT_FALSE(tenures().MayGrant("t"));
  event_loop_.Advance(times_.unreleased_pause());
  EXPECT_TRUE(tenures().MayGrant("t"));
}

TEST_F(TenuresTest, BeginsWhenTheWatchShowsItNotWithTheResponse) {
  connection_.BreakWatches(absl::UnavailableError("broken"));
  // The replica sees nothing of this tenure, nor of its end, before its claim.
  BPuts("b.1");
  EndMember(b_lease_);
  Use();
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_THAT(replica_->changes, IsEmpty());
  while (replica_->changes.empty()) {
    ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
  }
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
  EXPECT_EQ(TimeToGrant(), times_.unreleased_pause());
}

TEST_F(TenuresTest, LostResponseOfAClaimCostsNothing) {
  connection_.set_fault(Fault::kResponsesLost);
  Use();
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
}

TEST_F(TenuresTest, RepeatsAClaimThatTheStoreHasNotConfirmed) {
  connection_.set_fault(Fault::kCut);
  Use();
  event_loop_.Advance(absl::Seconds(1));
  connection_.set_fault(Fault::kNone);
  EXPECT_EQ(OwnerOf(), "(none)");
  event_loop_.Advance(times_.store_deadline + times_.retry_interval);
  EXPECT_EQ(OwnerOf(), "a.1");
}

TEST_F(TenuresTest, RepeatsAClaimUntilAFullStoreHasRoom) {
  store_.state().set_full(true);
  Use();
  const int64_t commits = connection_.commits();
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(connection_.commits(), commits + 10);
  store_.state().set_full(false);
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(OwnerOf(), "a.1");
}

// etcd applies the write that crosses its quota, and reports it as full then.
TEST_F(TenuresTest, ClaimThatFilledTheStoreCounts) {
  connection_.set_fault(Fault::kFillsUp);
  Use();
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
  EXPECT_TRUE(tenures().MayGrant("t"));
  const int64_t epoch = *tenures().EpochOf("t");
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(2 * times_.retry_interval);
  EXPECT_EQ(tenures().EpochOf("t"), epoch);
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
}

TEST_F(TenuresTest, ReleaseThatFilledTheStoreCounts) {
  Use();
  connection_.set_fault(Fault::kFillsUp);
  tenures().Release("t");
  event_loop_.RunPosted();
  EXPECT_EQ(OwnerOf(), "released");
  EXPECT_THAT(replica_->changes, ElementsAre("+t", "-t"));
  EXPECT_FALSE(tenures().MayGrant("t"));
}

TEST_F(TenuresTest, GrantsOnlyWhileTheSessionIsCertain) {
  Use();
  link_.peers.clear();
  connection_.set_fault(Fault::kResponsesLost);
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(tenures().MayGrant("t"));
  EXPECT_TRUE(tenures().EpochOf("t").has_value());
  // The session has not ended, so nobody else can have owned it.
  connection_.set_fault(Fault::kNone);
  EXPECT_LE(TimeToGrant(), times_.read_interval);
  EXPECT_THAT(replica_->changes, ElementsAre("+t"));
}

TEST_F(TenuresTest, EndWithTheSession) {
  Use();
  Use("u");
  event_loop_.Advance(times_.claim_interval);
  replica_->session.OnSeenEnded();
  EXPECT_FALSE(tenures().MayGrant("t"));
  EXPECT_EQ(tenures().EpochOf("t"), std::nullopt);
  EXPECT_THAT(replica_->changes, ElementsAre("+t", "+u", "-t", "-u"));
  // What is in use is claimed again.
  event_loop_.Advance(times_.read_interval + times_.claim_interval);
  EXPECT_EQ(OwnerOf("t"), "a.2");
  EXPECT_EQ(OwnerOf("u"), "a.2");
}

TEST_F(TenuresTest, ReleaseStopsGrantsBeforeTheStoreKnows) {
  Use();
  tenures().Release("t");
  EXPECT_FALSE(tenures().MayGrant("t"));
  EXPECT_EQ(tenures().EpochOf("t"), std::nullopt);
  event_loop_.RunPosted();
  EXPECT_EQ(OwnerOf(), "released");
  EXPECT_THAT(replica_->changes, ElementsAre("+t", "-t"));
  EXPECT_EQ(tenures().size(), 0u);
}

TEST_F(TenuresTest, ReleasedTenureIsClaimedAgainOnlyAfterUse) {
  Use();
  tenures().Release("t");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(OwnerOf(), "released");
  Use();
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_EQ(TimeToGrant(), times_.takeover_pause - absl::Seconds(1));
}

TEST_F(TenuresTest, UseDuringAReleaseClaimsAfterwards) {
  Use();
  tenures().Release("t");
  Use();
  event_loop_.Advance(times_.claim_interval);
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_THAT(replica_->changes, ElementsAre("+t", "-t", "+t"));
}

TEST_F(TenuresTest, ReleasedRecordIsDeletedOnceAllHaveSeenIt) {
  Use();
  tenures().Release("t");
  event_loop_.Advance(times_.unreleased_pause() - absl::Nanoseconds(1));
  EXPECT_EQ(OwnerOf(), "released");
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(OwnerOf(), "(none)");
}

TEST_F(TenuresTest, DeletionSparesALaterOwner) {
  Use();
  tenures().Release("t");
  event_loop_.RunPosted();
  BPuts("b.1");
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(OwnerOf(), "b.1");
}

TEST_F(TenuresTest, DeletionIsRepeatedUntilTheStoreAnswers) {
  Use();
  Use("u");
  event_loop_.Advance(times_.claim_interval);
  tenures().Release("t");
  tenures().Release("u");
  event_loop_.Advance(times_.unreleased_pause() - absl::Milliseconds(1));
  connection_.set_fault(Fault::kCut);
  event_loop_.Advance(absl::Milliseconds(2));
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.store_deadline);
  EXPECT_EQ(OwnerOf("t"), "released");
  EXPECT_EQ(OwnerOf("u"), "(none)");
  event_loop_.Advance(times_.unreleased_pause());
  EXPECT_EQ(OwnerOf("t"), "(none)");
}

TEST_F(TenuresTest, ReleaseIsRepeatedUntilTheStoreAnswers) {
  Use();
  connection_.set_fault(Fault::kCut);
  tenures().Release("t");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_FALSE(tenures().MayGrant("t"));
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.store_deadline + times_.retry_interval);
  EXPECT_EQ(OwnerOf(), "released");
}

// An earlier try may have been applied without an answer.
TEST_F(TenuresTest, ReleaseAndHandOverSpareALaterOwner) {
  Use();
  Use("u");
  event_loop_.Advance(times_.claim_interval);
  connection_.BreakWatches(absl::UnavailableError("broken"));
  BPuts("b.1");
  BPuts("b.1", "u");
  tenures().Release("t");
  tenures().HandOver("u", "gone.1");
  event_loop_.RunPosted();
  EXPECT_EQ(OwnerOf("t"), "b.1");
  EXPECT_EQ(OwnerOf("u"), "b.1");
}

TEST_F(TenuresTest, HandOverMakesTheSuccessorOwnerUnderItsLease) {
  Use();
  tenures().HandOver("t", "b.1");
  EXPECT_FALSE(tenures().MayGrant("t"));
  event_loop_.RunPosted();
  EXPECT_EQ(OwnerOf(), "b.1");
  EXPECT_EQ(Read("c/owner/t")->lease, b_lease_);
  EXPECT_THAT(replica_->changes, ElementsAre("+t", "-t"));
}

TEST_F(TenuresTest, HandOverToAnEndedSessionReleases) {
  Use();
  tenures().HandOver("t", "gone.1");
  event_loop_.RunPosted();
  EXPECT_EQ(OwnerOf(), "released");
  // Its end is not seen yet.
  Use("u");
  event_loop_.Advance(times_.claim_interval);
  connection_.BreakWatches(absl::UnavailableError("broken"));
  EndMember(b_lease_);
  tenures().HandOver("u", "b.1");
  event_loop_.RunPosted();
  EXPECT_EQ(OwnerOf("u"), "released");
}

TEST_F(TenuresTest, IdleCredentialsAreReleasedAndForgotten) {
  Use();
  BPuts("b.1", "u");
  Use("u");
  event_loop_.Advance(times_.idle_timeout - absl::Seconds(1));
  Use();
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_EQ(OwnerOf(), "a.1");
  EXPECT_EQ(tenures().size(), 1u);
  event_loop_.Advance(times_.idle_timeout + times_.unreleased_pause());
  EXPECT_EQ(OwnerOf(), "(none)");
  EXPECT_EQ(tenures().size(), 0u);
}

TEST_F(TenuresTest, ClaimsAreSpaced) {
  for (int i = 0; i < 100; ++i) Use(absl::StrCat("t", i));
  EXPECT_THAT(replica_->changes, ElementsAre("+t0"));
  event_loop_.Advance(98 * times_.claim_interval);
  EXPECT_EQ(replica_->changes.size(), 99u);
  event_loop_.Advance(times_.claim_interval);
  EXPECT_EQ(replica_->changes.size(), 100u);
}

TEST_F(TenuresTest, RejectsMoreThanMaxCredentials) {
  for (size_t i = 0; i < Tenures::kMaxCredentials; ++i) {
    ASSERT_THAT(tenures().Use(absl::StrCat("t", i)), IsOk());
  }
  EXPECT_THAT(tenures().Use("one too many"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "too many credentials in use (20000); retry later"));
  EXPECT_THAT(tenures().Use("t7"), IsOk());
}

}  // namespace
}  // namespace wriftai::cluster
