#include "upstream/cluster/reachability.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/cluster/replica_fixture.h"
#include "upstream/cluster/records.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The replica a.1 needs admission; the test plays the members b.1 and c.1.
class ReachabilityTest : public ReplicaTest {
 protected:
  ReachabilityTest() { replica_->NeedAdmission(); }

  void Start() {
    replica_->session.Start();
    event_loop_.RunPosted();
    ASSERT_TRUE(replica_->session.active());
  }
  void Admit() {
    Start();
    event_loop_.Advance(times_.unreleased_pause() + times_.read_interval);
    ASSERT_EQ(admission(), Admission::kAdmitted);
  }
  int64_t AddJoiningMember(const std::string& session,
                           const std::string& address) {
    MemberRecord record = Replica::MemberAt(address);
    record.admitted = false;
    return AddMember(session, record);
  }
  void LetAnswer(const std::string& address) {
    link_.peers[address] = [](const VouchRequest&) { return VouchResponse(); };
  }
  void LetCall(const std::string& session, int64_t revision = 1) {
    (void)replica_->AnswerVouch({{session, revision, "x:1"}});
    event_loop_.RunPosted();
  }
  Admission admission() const { return replica_->reachability.admission(); }
  std::string OwnRecord() {
    return ValueOf(keys_.Member(replica_->session.id()));
  }
};

TEST_F(ReachabilityTest, FirstReplicaIsAdmittedAfterThePause) {
  Start();
  event_loop_.Advance(times_.unreleased_pause() - times_.read_interval);
  EXPECT_EQ(admission(), Admission::kWaiting);
  event_loop_.Advance(2 * times_.read_interval);
  EXPECT_EQ(admission(), Admission::kAdmitted);
  EXPECT_THAT(OwnRecord(), HasSubstr("admitted=1\n"));
}

// An outage of the store ends all sessions. One that could not be called
// before must not be the first to serve after it.
TEST_F(ReachabilityTest, ReplicaThatServedBeforeAnOutageServesAfterIt) {
  const int64_t serving = AddMember("b.1", "b:1");
  Start();
  EndMember(serving);
  (void)store_.state().RevokeLease(replica_->session.lease());
  event_loop_.Advance(absl::Seconds(2));
  ASSERT_EQ(replica_->session.id(), "a.2");
  AddMember("b.2", "b:1");
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(admission(), Admission::kUnanswered);
}

TEST_F(ReachabilityTest, MemberOfAnotherAccountKeepsItOutIfItServes) {
  MemberRecord record = replica_->session.record();
  record.own_tags = {"ours"};
  replica_->session.SetRecord(record);
  MemberRecord other = Replica::MemberAt("b:1");
  other.own_tags = {"theirs"};
  other.admitted = false;
  const int64_t lease = AddMember("b.1", other);
  Start();
  EXPECT_EQ(admission(), Admission::kWaiting);
  other.admitted = true;
  PutKey(keys_.Member("b.1"), Encode(other), lease);
  event_loop_.Advance(times_.read_interval);
  EXPECT_EQ(admission(), Admission::kForeign);
}

TEST_F(ReachabilityTest, MemberOfAnotherAccountEndsNoAdmission) {
  Admit();
  MemberRecord other = replica_->session.record();
  other.own_tags = {"ours"};
  replica_->session.SetRecord(other);
  other.own_tags = {"theirs"};
  other.address = "b:1";
  AddMember("b.1", other);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

// An older build.
TEST_F(ReachabilityTest, MemberThatCallsNobodyAdmitsByItsAnswer) {
  LetAnswer("b:1");
  PutKey(keys_.Member("b.1"), "address=b:1\nprotocols=1\n");
  Start();
  event_loop_.Advance(times_.read_interval);
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

TEST_F(ReachabilityTest, ReplicaIsAdmittedOnceAMemberHasAnsweredAndCalledIt) {
  AddMember("b.1", "b:1");
  Start();
  EXPECT_EQ(admission(), Admission::kUnanswered);
  EXPECT_THAT(OwnRecord(), HasSubstr("admitted=0\n"));
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(admission(), Admission::kUnanswered);
  LetAnswer("b:1");
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(admission(), Admission::kUncalled);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(admission(), Admission::kUncalled);
  LetCall("b.1");
  EXPECT_EQ(admission(), Admission::kAdmitted);
  event_loop_.Advance(times_.read_interval);
  EXPECT_THAT(OwnRecord(), HasSubstr("admitted=1\n"));
}

TEST_F(ReachabilityTest, CallBeforeTheAnswerAdmitsToo) {
  AddMember("b.1", "b:1");
  LetCall("b.1");
  Start();
  EXPECT_EQ(admission(), Admission::kUnanswered);
  LetAnswer("b:1");
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

// A blocked port, or a certificate of another authority, may divide a cluster.
TEST_F(ReachabilityTest, AnswersOfOneAndCallsOfAnotherDoNotAdmit) {
  AddMember("b.1", "b:1");
  AddMember("c.1", "c:1");
  LetAnswer("b:1");
  Start();
  LetCall("c.1");
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(admission(), Admission::kUncalled);
}

TEST_F(ReachabilityTest, MemberThatIsNotAdmittedCannotAdmit) {
  AddMember("b.1", "b:1");
  AddJoiningMember("c.1", "c:1");
  LetAnswer("c:1");
  Start();
  LetCall("c.1");
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(admission(), Admission::kUnanswered);
}

TEST_F(ReachabilityTest, OldestIsAdmittedOnceNobodyServes) {
  const int64_t serving = AddMember("b.1", "b:1");
  const int64_t older = AddJoiningMember("c.1", "c:1");
  Start();
  EndMember(serving);
  event_loop_.Advance(times_.read_interval);
  EXPECT_EQ(admission(), Admission::kWaiting);
  event_loop_.Advance(times_.unreleased_pause());
  EXPECT_EQ(admission(), Admission::kWaiting);
  EndMember(older);
  event_loop_.Advance(times_.read_interval);
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

TEST_F(ReachabilityTest, NewerMembersDoNotDelayTheOldest) {
  const int64_t serving = AddMember("b.1", "b:1");
  Start();
  AddJoiningMember("c.1", "c:1");
  EndMember(serving);
  event_loop_.Advance(times_.unreleased_pause() + times_.read_interval);
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

TEST_F(ReachabilityTest, FormerProcessesAndOtherProtocolsDoNotCount) {
  AddMember("a.0", "before:1");
  AddMember("former.1", "a:1");
  MemberRecord other = Replica::MemberAt("c:1");
  other.protocols = {"2"};
  AddMember("c.1", other);
  PutKey(keys_.Member("garbled.1"), "\xff");
  Start();
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(admission(), Admission::kAdmitted);
  EXPECT_THAT(link_.called, IsEmpty());
}

TEST_F(ReachabilityTest, AdmissionOutlivesTheSessionAndTheMembers) {
  Admit();
  AddMember("b.1", "b:1");
  (void)store_.state().RevokeLease(replica_->session.lease());
  event_loop_.Advance(absl::Seconds(2));
  ASSERT_EQ(replica_->session.id(), "a.2");
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

TEST_F(ReachabilityTest, MemberIsCalledOnceItHasAnsweredAndIsAdmitted) {
  Start();
  const int64_t lease = AddMember("b.1", "b:1");
  event_loop_.Advance(absl::Seconds(3));
  EXPECT_THAT(link_.called, SizeIs(3));
  EXPECT_FALSE(replica_->reachability.CanCall("b.1"));
  LetAnswer("b:1");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_TRUE(replica_->reachability.CanCall("b.1"));
  link_.called.clear();
  event_loop_.Advance(absl::Minutes(10));
  EXPECT_THAT(link_.called, IsEmpty());
  EndMember(lease);
  event_loop_.Advance(times_.read_interval);
  EXPECT_FALSE(replica_->reachability.CanCall("b.1"));
}

TEST_F(ReachabilityTest, MemberThatIsNotAdmittedIsCalledAgain) {
  Start();
  LetAnswer("b:1");
  AddJoiningMember("b.1", "b:1");
  event_loop_.Advance(absl::Seconds(4));
  EXPECT_THAT(link_.called, SizeIs(4));
}

TEST_F(ReachabilityTest, PeerThatHasSeenTheSessionEndEndsIt) {
  Start();
  link_.peers["b:1"] = [](const VouchRequest& request) {
    return VouchResponse{request.asker.session == "a.1", {}};
  };
  AddMember("b.1", "b:1");
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_EQ(replica_->session.id(), "a.2");
  EXPECT_THAT(link_.called, ElementsAre("b:1", "b:1"));
}

// Anyone who reaches the port may claim to be a session.
TEST_F(ReachabilityTest, InventedCallersDoNotDisplaceMembers) {
  AddMember("b.1", "b:1");
  LetAnswer("b:1");
  Start();
  for (size_t i = 0; i < Reachability::kMaxCallers; ++i) {
    LetCall(absl::StrCat("invented-", i, ".1"), INT64_MAX);
  }
  LetCall("b.1");
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(admission(), Admission::kAdmitted);
}

TEST_F(ReachabilityTest, ReplicaClaimsNothingBeforeItIsAdmitted) {
  AddMember("b.1", "b:1");
  LetAnswer("b:1");
  Start();
  ASSERT_THAT(replica_->tenures.Use("t"), IsOk());
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(ValueOf(keys_.Owner("t")), "(none)");
  LetCall("b.1");
  event_loop_.Advance(times_.claim_interval);
  EXPECT_EQ(ValueOf(keys_.Owner("t")), "a.1");
}

}  // namespace
}  // namespace wriftai::cluster
