#include "upstream/cluster/vouching.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/cluster/faulty_store.h"
#include "tests/upstream/cluster/replica_fixture.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Fault = FaultyStore::Fault;

// Joined, with the member b.1.
class VouchingTest : public ReplicaTest {
 protected:
  explicit VouchingTest(CoordinationOutage outage = CoordinationOutage::kServe)
      : ReplicaTest(outage) {
    Join();
    b_lease_ = AddMember("b.1", "b:1");
    link_.peers["b:1"] = Says(false);
    link_.called.clear();
  }

  static FakePeerLink::Peer Says(bool ended, std::vector<Peer> peers = {}) {
    return [=](const VouchRequest&) { return VouchResponse{ended, peers}; };
  }
  void LoseStore() { connection_.set_fault(Fault::kCut); }
  Session& session() { return replica_->session; }

  int64_t b_lease_ = 0;
};

TEST_F(VouchingTest, AsksNobodyWhileTheStoreAnswers) {
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(link_.called, IsEmpty());
}

TEST_F(VouchingTest, KeepsTheSessionCertainWhileAllPeersSayNo) {
  VouchRequest asked;
  link_.peers["b:1"] = [&](const VouchRequest& request) {
    asked = request;
    return VouchResponse();
  };
  LoseStore();
  for (int i = 0; i < 600; ++i) {
    event_loop_.Advance(absl::Milliseconds(100));
    ASSERT_TRUE(session().IsCertain()) << i;
  }
  const VouchingStats& stats = replica_->vouching.stats();
  EXPECT_GT(stats.rounds, 0);
  EXPECT_EQ(stats.confirmed, stats.rounds);
  EXPECT_EQ(session().stats().lapses, 0);
  EXPECT_EQ(asked.asker.session, "a.1");
  EXPECT_EQ(asked.asker.revision, session().revision());
  EXPECT_EQ(asked.asker.address, "a:1");
}

TEST_F(VouchingTest, ExtendsFromTheQuestionNotTheAnswer) {
  link_.delay = absl::Milliseconds(400);
  LoseStore();
  const absl::Time last = session().last_good_read();
  event_loop_.Advance(last + times_.vouching_delay() + times_.read_interval -
                      event_loop_.Now());
  EXPECT_THAT(link_.called, ElementsAre("b:1"));
  const absl::Time asked_at = event_loop_.Now();
  event_loop_.Advance(link_.delay);
  link_.peers.clear();
  event_loop_.Advance(asked_at + times_.certainty - event_loop_.Now() -
                      absl::Nanoseconds(1));
  EXPECT_TRUE(session().IsCertain());
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_FALSE(session().IsCertain());
}

TEST_F(VouchingTest, GainsNothingWhileOnePeerDoesNotAnswer) {
  AddMember("c.1", "c:1");
  LoseStore();
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(session().IsCertain());
  EXPECT_GT(replica_->vouching.stats().rounds, 0);
  EXPECT_EQ(replica_->vouching.stats().confirmed, 0);
}

TEST_F(VouchingTest, DoesNotBringALapsedSessionBack) {
  link_.peers.clear();
  LoseStore();
  event_loop_.Advance(times_.certainty);
  link_.peers["b:1"] = Says(false);
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_FALSE(session().IsCertain());
  EXPECT_TRUE(session().active());
}

TEST_F(VouchingTest, LapsedSessionLearnsThatItHasEnded) {
  link_.peers.clear();
  LoseStore();
  event_loop_.Advance(times_.certainty);
  ASSERT_TRUE(session().active());
  link_.peers["b:1"] = Says(true);
  event_loop_.Advance(times_.store_deadline + times_.read_interval);
  EXPECT_FALSE(session().active());
}

// Such as one that has just crashed, whose port is closed.
TEST_F(VouchingTest, PeerThatDoesNotAnswerHidesNoOthersAnswer) {
  AddMember("c.1", "c:1");
  AddMember("d.1", "");
  link_.peers["c:1"] = Says(true);
  link_.peers.erase("b:1");
  LoseStore();
  event_loop_.Advance(times_.vouching_delay() + times_.read_interval);
  EXPECT_FALSE(session().active());
}

TEST_F(VouchingTest, LateAnswersDoNotBringALapsedSessionBack) {
  // Two answers in a row take longer than the rest of the certainty.
  const int64_t newer = store_.state().revision() + 1;
  link_.delay = times_.store_deadline - absl::Milliseconds(1);
  link_.peers["b:1"] = Says(false, {{"c.1", newer, "c:1"}});
  link_.peers["c:1"] = Says(false);
  LoseStore();
  event_loop_.Advance(session().last_good_read() + times_.certainty -
                      event_loop_.Now());
  EXPECT_THAT(link_.called, testing::Contains("c:1"));
  for (int i = 0; i < 30; ++i) {
    EXPECT_FALSE(session().IsCertain()) << i;
    event_loop_.Advance(absl::Milliseconds(100));
  }
}

TEST_F(VouchingTest, RoundThatOutlastsTheCertaintyExtendsNothing) {
  // The first round ends at once, with a peer that cannot be asked.
  const int64_t newer = store_.state().revision() + 1;
  link_.peers["b:1"] = Says(false, {{"c.1", newer, ""}});
  LoseStore();
  const absl::Time last = session().last_good_read();
  event_loop_.Advance(last + times_.vouching_delay() + times_.read_interval -
                      event_loop_.Now());
  ASSERT_THAT(link_.called, ElementsAre("b:1"));
  link_.peers["b:1"] = Says(false);
  link_.delay = times_.store_deadline - absl::Milliseconds(1);
  event_loop_.Advance(last + times_.certainty - event_loop_.Now());
  EXPECT_THAT(link_.called, ElementsAre("b:1", "b:1"));
  for (int i = 0; i < 30; ++i) {
    EXPECT_FALSE(session().IsCertain()) << i;
    event_loop_.Advance(absl::Milliseconds(50));
  }
}

TEST_F(VouchingTest, GainsNothingWhileACallerIsMissingForLackOfRoom) {
  const int64_t newer = store_.state().revision() + 1;
  LoseStore();
  for (size_t i = 0; i <= KnownPeers::kMaxCallers; ++i) {
    (void)replica_->vouching.Answer(
        {{SessionId(absl::StrCat("d", i), 1), newer, "b:1"}});
  }
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(session().IsCertain());
}

TEST_F(VouchingTest, EndsTheSessionIfOnePeerHasSeenItEnd) {
  AddMember("c.1", "c:1");
  link_.peers["c:1"] = Says(true);
  LoseStore();
  event_loop_.Advance(times_.vouching_delay() + times_.read_interval);
  EXPECT_FALSE(session().active());
}

TEST_F(VouchingTest, AsksThePeersThatPeersName) {
  const int64_t newer = store_.state().revision() + 1;
  link_.peers["b:1"] = Says(false, {{"c.1", newer, "c:1"}, {"a.1", 1, "a:1"}});
  LoseStore();
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(session().IsCertain()) << "c.1 has not answered";
  EXPECT_THAT(link_.called, testing::Contains("c:1"));
}

TEST_F(VouchingTest, CountsTheAnswersOfNamedPeers) {
  const int64_t newer = store_.state().revision() + 1;
  link_.peers["b:1"] = Says(false, {{"c.1", newer, "c:1"}});
  link_.peers["c:1"] = Says(false);
  LoseStore();
  event_loop_.Advance(absl::Seconds(20));
  EXPECT_TRUE(session().IsCertain());
}

TEST_F(VouchingTest, AsksOnlyLiveMembersAndEachAddressOnce) {
  AddMember("b.2", "b:1");
  EndMember(AddMember("d.1", "d:1"));
  AddMember("old.1", "a:1");  // Its address is this replica's now.
  LoseStore();
  event_loop_.Advance(times_.vouching_delay() + times_.read_interval);
  EXPECT_THAT(link_.called, ElementsAre("b:1"));
}

TEST_F(VouchingTest, AloneNeedsNobody) {
  EndMember(b_lease_);
  LoseStore();
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_TRUE(session().IsCertain());
}

TEST_F(VouchingTest, GainsNothingWithAMemberThatCannotBeAsked) {
  PutKey("c/member/x.1", "?");
  LoseStore();
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(session().IsCertain());
}

TEST_F(VouchingTest, CallersAreAskedFromThenOn) {
  const int64_t newer = store_.state().revision() + 1;
  LoseStore();
  const VouchResponse response =
      replica_->vouching.Answer({{"j.1", newer, "j:1"}});
  EXPECT_FALSE(response.ended);
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(session().IsCertain());
  EXPECT_THAT(link_.called, testing::Contains("j:1"));
}

TEST_F(VouchingTest, AnswersWhatItHasSeenAndWhomItKnows) {
  const int64_t revision = replica_->view.FindMember("b.1")->revision;
  VouchResponse response =
      replica_->vouching.Answer({{"b.1", revision, "b:1"}});
  EXPECT_FALSE(response.ended);
  std::vector<std::string> named;
  for (const Peer& peer : response.peers) named.push_back(peer.session);
  EXPECT_THAT(named, ElementsAre("b.1", "a.1"));
  EndMember(b_lease_);
  response = replica_->vouching.Answer({{"b.1", revision, "b:1"}});
  EXPECT_TRUE(response.ended);
}

class PausingTest : public VouchingTest {
 protected:
  PausingTest() : VouchingTest(CoordinationOutage::kPause) {}
};

TEST_F(PausingTest, IsNotCertainByItsPeersWordButAnswers) {
  LoseStore();
  event_loop_.Advance(times_.certainty);
  EXPECT_FALSE(session().IsCertain());
  EXPECT_TRUE(session().active());
  EXPECT_EQ(replica_->vouching.stats().rounds, 0);
  EXPECT_FALSE(replica_->vouching.Answer({{"j.1", 99, "j:1"}}).ended);
}

TEST_F(PausingTest, LearnsFromAPeerThatItsSessionHasEnded) {
  LoseStore();
  event_loop_.Advance(times_.certainty);
  ASSERT_TRUE(session().active());
  link_.peers["b:1"] = Says(true);
  event_loop_.Advance(times_.read_interval);
  EXPECT_FALSE(session().active());
}

}  // namespace
}  // namespace wriftai::cluster
