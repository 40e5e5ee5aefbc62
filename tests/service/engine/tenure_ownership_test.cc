#include "service/engine/tenure_ownership.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
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

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Fault = cluster::FaultyStore::Fault;

class TenureOwnershipTest : public OwnershipTest {
 protected:
  static cluster::MemberRecord Build(const std::string& build) {
    cluster::MemberRecord record = cluster::Replica::MemberAt("m:1");
    record.build = build;
    return record;
  }
  static cluster::MemberRecord OtherProtocol() {
    cluster::MemberRecord record = cluster::Replica::MemberAt("m:1");
    record.protocols = {"77"};
    return record;
  }

  std::unique_ptr<const GrantGuard> guard_ = ownership_.MakeGuard(*credential_);
};

TEST_F(TenureOwnershipTest, UsedCredentialIsOwnedAndGranted) {
  EXPECT_FALSE(ownership_.IsOwnedHere(*credential_));
  Use();
  EXPECT_TRUE(ownership_.IsOwnedHere(*credential_));
  EXPECT_EQ(ownership_.EpochOf(*credential_), Read(OwnerKey())->mod_revision);
  EXPECT_EQ(ownership_.FindOther(*credential_), std::nullopt);
  ASSERT_THAT(guard_->GrantsFrom(), IsOk());
  EXPECT_LE(*guard_->GrantsFrom(), event_loop_.Now());
  EXPECT_THAT(changed_, Contains(credential_->key()));
}

TEST_F(TenureOwnershipTest, UnusedCredentialIsNotOwned) {
  EXPECT_THAT(guard_->GrantsFrom().status(),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(guard_->GrantsFrom().status()), v1::NOT_OWNER);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(ValueOf(OwnerKey()), "(none)");
}

TEST_F(TenureOwnershipTest, FindsTheOtherOwnerAndItsEpoch) {
  const int64_t epoch = BPuts("b.1");
  Use();
  EXPECT_FALSE(ownership_.IsOwnedHere(*credential_));
  const auto other = ownership_.FindOther(*credential_);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->address, "b:1");
  EXPECT_EQ(other->epoch, epoch);
  EXPECT_EQ(ReasonOf(guard_->GrantsFrom().status()), v1::NOT_OWNER);
}

TEST_F(TenureOwnershipTest, ReleasedCredentialHasNoOwner) {
  BPuts("released");
  EXPECT_EQ(ownership_.FindOther(*credential_), std::nullopt);
}

TEST_F(TenureOwnershipTest, OwnerThatIsNotAMemberIsNotFound) {
  BPuts("c.9");
  EXPECT_EQ(ownership_.FindOther(*credential_), std::nullopt);
}

TEST_F(TenureOwnershipTest, FormerSessionOfThisReplicaIsNoOtherOwner) {
  Use();
  ASSERT_TRUE(ownership_.IsOwnedHere(*credential_));
  // The store answers no more, and a peer has seen the session end.
  connection_.set_fault(Fault::kCut);
  replica_->session.OnSeenEnded();
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_FALSE(ownership_.IsOwnedHere(*credential_));
  EXPECT_EQ(ownership_.FindOther(*credential_), std::nullopt);
}

// The store answers no more, and a peer has seen the session end.
TEST_F(TenureOwnershipTest, ReplicaThatIsCutOffFindsTheNewOwner) {
  Use();
  connection_.set_fault(Fault::kCut);
  replica_->session.OnSeenEnded();
  event_loop_.RunPosted();
  const std::string tag = cluster::TagOf("c", credential_->key());
  const int64_t epoch = replica_->view.revision() + 5;
  link_.finders["b:1"] = [&](const cluster::FindOwnersRequest& request) {
    EXPECT_THAT(request.tags, ElementsAre(tag));
    return cluster::FindOwnersResponse{{{tag, "b.1", "b:1", epoch}}};
  };
  changed_.clear();
  ownership_.Search(*credential_);
  event_loop_.RunPosted();
  const auto other = ownership_.FindOther(*credential_);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->address, "b:1");
  EXPECT_EQ(other->epoch, epoch);
  EXPECT_EQ(ownership_.OwnerEpoch(*credential_), epoch);
  EXPECT_THAT(changed_, ElementsAre(credential_->key()));
}

TEST_F(TenureOwnershipTest, NamesOwnersToPeers) {
  const std::string tag = cluster::TagOf("c", credential_->key());
  const int64_t epoch = BPuts("b.1");
  auto named = ownership_.Answer({{tag}}).owners;
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].tag, tag);
  EXPECT_EQ(named[0].session, "b.1");
  EXPECT_EQ(named[0].address, "b:1");
  EXPECT_EQ(named[0].epoch, epoch);
}

TEST_F(TenureOwnershipTest, ClaimsForAPeerWhatNobodyOwns) {
  const std::string tag = cluster::TagOf("c", credential_->key());
  EXPECT_THAT(ownership_.Answer({{tag}}).owners, IsEmpty());
  event_loop_.Advance(times_.claim_interval);
  const auto named = ownership_.Answer({{tag}}).owners;
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].session, replica_->session.id());
  EXPECT_EQ(named[0].address, "a:1");
  EXPECT_EQ(named[0].epoch, Read(OwnerKey())->mod_revision);
}

TEST_F(TenureOwnershipTest, DrainedReplicaClaimsNothingForAPeer) {
  ownership_.BeginDrain();
  EXPECT_THAT(
      ownership_.Answer({{cluster::TagOf("c", credential_->key())}}).owners,
      IsEmpty());
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(ValueOf(OwnerKey()), "(none)");
}

TEST_F(TenureOwnershipTest, NotifiesOfEachChangeOfOwner) {
  BPuts("b.1");
  Use();
  changed_.clear();
  AddMember("c.1", "c:1");
  BPuts("c.1");
  EXPECT_THAT(changed_, ElementsAre(credential_->key()));
  EXPECT_EQ(ownership_.FindOther(*credential_)->address, "c:1");
}

TEST_F(TenureOwnershipTest, DoesNotNotifyOfUnusedCredentials) {
  BPuts("b.1");
  EXPECT_THAT(changed_, IsEmpty());
}

TEST_F(TenureOwnershipTest, TakenOverCredentialIsOwnedBeforeItIsGranted) {
  BPuts("b.1");
  Use();
  EndMember(b_lease_);
  // Its record ended with it.
  event_loop_.RunPosted();
  ASSERT_TRUE(ownership_.IsOwnedHere(*credential_));
  // The pause lasts from the end of the former tenure.
  ASSERT_THAT(guard_->GrantsFrom(), IsOk());
  EXPECT_GT(*guard_->GrantsFrom(), event_loop_.Now());
  event_loop_.Advance(times_.unreleased_pause());
  EXPECT_LE(*guard_->GrantsFrom(), event_loop_.Now());
}

TEST_F(TenureOwnershipTest,
       UncertainTenureGrantsNothingAndNotifiesWhenCertain) {
  Use();
  // The lease lives on.
  connection_.set_fault(Fault::kResponsesLost);
  event_loop_.Advance(times_.certainty);
  EXPECT_TRUE(ownership_.IsOwnedHere(*credential_));
  EXPECT_EQ(ReasonOf(guard_->GrantsFrom().status()), v1::NOT_OWNER);
  changed_.clear();
  event_loop_.Advance(absl::Milliseconds(300));
  EXPECT_THAT(changed_, IsEmpty());
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.read_interval +
                      TenureOwnership::kCertaintyInterval);
  EXPECT_THAT(changed_, ElementsAre(credential_->key()));
  EXPECT_THAT(guard_->GrantsFrom(), IsOk());
}

TEST_F(TenureOwnershipTest, CertainTenureStartsNoTimer) {
  Use();
  changed_.clear();
  event_loop_.Advance(absl::Minutes(5));
  EXPECT_THAT(guard_->GrantsFrom(), IsOk());
  EXPECT_THAT(changed_, IsEmpty());
}

TEST_F(TenureOwnershipTest, NamesOnlyCredentialsInUse) {
  const std::string tag = cluster::TagOf("c", credential_->key());
  EXPECT_EQ(ownership_.NameOf(tag), tag.substr(0, 12));
  Use();
  EXPECT_EQ(ownership_.NameOf(tag), credential_->display_name());
}

TEST_F(TenureOwnershipTest, DrainHandsOverToTheNewestSession) {
  Use();
  AddPeer("c.1", cluster::Replica::MemberAt("c:1"));
  const int64_t before = *ownership_.EpochOf(*credential_);
  ownership_.BeginDrain();
  EXPECT_EQ(ReasonOf(guard_->GrantsFrom().status()), v1::NOT_OWNER);
  EXPECT_FALSE(ownership_.IsOwnedHere(*credential_));
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf(OwnerKey()), "c.1");
  const auto other = ownership_.FindOther(*credential_);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->address, "c:1");
  EXPECT_GT(other->epoch, before);
}

TEST_F(TenureOwnershipTest, DrainHandsOverToTheNewestBuild) {
  Use();
  AddPeer("old.1", Build("0.9.7+a"));
  AddPeer("new.1", Build("0.10.0+a"));
  AddPeer("older.1", Build("0.9.10+b"));
  ownership_.BeginDrain();
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf(OwnerKey()), "new.1");
}

// It has joined, but no replica could call it: its port may be blocked.
TEST_F(TenureOwnershipTest, DrainHandsNothingOverToAReplicaThatNeverAnswered) {
  Use();
  AddMember("c.1", "c:1");
  event_loop_.Advance(absl::Seconds(10));
  ownership_.BeginDrain();
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf(OwnerKey()), "b.1");
}

TEST_F(TenureOwnershipTest, DrainHandsNothingOverToAReplicaThatIsNotAdmitted) {
  Use();
  cluster::MemberRecord record = cluster::Replica::MemberAt("c:1");
  record.admitted = false;
  AddPeer("c.1", record);
  ownership_.BeginDrain();
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf(OwnerKey()), "b.1");
}

TEST_F(TenureOwnershipTest, OwnerOfAnotherProtocolIsNeitherFoundNorSuccessor) {
  const int64_t lease = AddMember("c.1", OtherProtocol());
  PutKey(OwnerKey(), "c.1", lease);
  EXPECT_EQ(ownership_.FindOther(*credential_), std::nullopt);
  EndMember(lease);
  Use();
  AddPeer("d.1", OtherProtocol());
  ownership_.BeginDrain();
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf(OwnerKey()), "b.1");
}

TEST_F(TenureOwnershipTest, DrainOfTheOnlyReplicaReleases) {
  EndMember(b_lease_);
  Use();
  ownership_.BeginDrain();
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf(OwnerKey()), "released");
}

TEST_F(TenureOwnershipTest, DrainedReplicaClaimsNothing) {
  BPuts("b.1");
  ownership_.BeginDrain();
  Use();
  BPuts("released");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(ValueOf(OwnerKey()), "released");
}

TEST_F(TenureOwnershipTest, DrainHandsOverInBatches) {
  const size_t count = 3 * TenureOwnership::kHandOverBatch;
  std::vector<std::shared_ptr<const Credential>> credentials;
  for (size_t i = 0; i < count; ++i) {
    credentials.push_back(MakeCredential(absl::StrCat("token", i)));
    ASSERT_THAT(ownership_.Use(*credentials.back()), IsOk());
  }
  event_loop_.Advance(times_.claim_interval * count);
  const auto owned = [&] {
    return static_cast<size_t>(std::count_if(
        credentials.begin(), credentials.end(), [&](const auto& credential) {
          return ownership_.IsOwnedHere(*credential);
        }));
  };
  ASSERT_EQ(owned(), count);
  ownership_.BeginDrain();
  EXPECT_EQ(owned(), count - TenureOwnership::kHandOverBatch);
  event_loop_.Advance(2 * TenureOwnership::kHandOverInterval);
  EXPECT_EQ(owned(), 0);
}

}  // namespace
}  // namespace wriftai
