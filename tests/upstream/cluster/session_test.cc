#include "upstream/cluster/session.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
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

class SessionTest : public ReplicaTest, public SessionObserver {
 protected:
  // Nobody vouches here.
  SessionTest() : ReplicaTest(CoordinationOutage::kPause) {
    session().AddObserver(*this);
  }

  Session& session() { return replica_->session; }
  void OnSessionBegan() override { changes_.push_back(session().id()); }
  void OnSessionEnded() override { changes_.push_back("ended"); }

  std::vector<std::string> changes_;
};

TEST_F(SessionTest, WritesMemberUnderItsLeaseAndBookUnderAnother) {
  session().Start();
  event_loop_.RunPosted();
  EXPECT_THAT(changes_, ElementsAre("a.1"));
  const auto member = Read("c/member/a.1");
  ASSERT_TRUE(member.has_value());
  EXPECT_EQ(member->value, "address=a:1\nprotocols=1\nadmitted=1\n");
  EXPECT_EQ(member->lease, session().lease());
  EXPECT_EQ(member->create_revision, session().revision());
  EXPECT_EQ(ValueOf("c/book/a"), "a:1");
  EXPECT_NE(Read("c/book/a")->lease, session().lease());
  EXPECT_EQ(session().AsPeer().address, "a:1");
}

TEST_F(SessionTest, RewritesMemberWithinTheSessionOnceItsOwnTokenChanges) {
  Join();
  const int64_t revision = session().revision();
  MemberRecord record = session().record();
  record.own_tags = {"new", "old"};
  connection_.set_fault(Fault::kCut);
  session().SetRecord(record);
  event_loop_.Advance(2 * times_.read_interval);
  EXPECT_EQ(Read("c/member/a.1")->value,
            "address=a:1\nprotocols=1\nadmitted=1\n");
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.retry_interval);
  event_loop_.Advance(times_.read_interval);
  EXPECT_EQ(Read("c/member/a.1")->value,
            "address=a:1\nprotocols=1\nadmitted=1\nown=new,old\n");
  EXPECT_EQ(Read("c/member/a.1")->create_revision, revision);
  EXPECT_THAT(replica_->view.FindMember("a.1")->record.own_tags,
              ElementsAre("new", "old"));
  EXPECT_THAT(changes_, ElementsAre("a.1"));
  // Once is enough.
  const int64_t written = Read("c/member/a.1")->mod_revision;
  event_loop_.Advance(2 * times_.retry_interval);
  EXPECT_EQ(Read("c/member/a.1")->mod_revision, written);
}

TEST_F(SessionTest, ChangeDuringARewriteIsWrittenToo) {
  Join();
  MemberRecord record = session().record();
  record.own_tags = {"first"};
  session().SetRecord(record);
  // The rewrite has been sent, and has no response yet.
  record.own_tags = {"second"};
  session().SetRecord(record);
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf("c/member/a.1"),
            "address=a:1\nprotocols=1\nadmitted=1\nown=first\n");
  event_loop_.Advance(times_.retry_interval + times_.read_interval);
  EXPECT_EQ(ValueOf("c/member/a.1"),
            "address=a:1\nprotocols=1\nadmitted=1\nown=second\n");
}

TEST_F(SessionTest, RewritesNothingForTheSameRecord) {
  Join();
  const int64_t commits = connection_.commits();
  session().SetRecord(session().record());
  event_loop_.Advance(times_.retry_interval);
  EXPECT_EQ(connection_.commits(), commits);
}

TEST_F(SessionTest, RepeatsARewriteOncePerRetryInterval) {
  Join();
  MemberRecord record = session().record();
  record.own_tags = {"new"};
  store_.state().set_full(true);
  const int64_t commits = connection_.commits();
  session().SetRecord(record);
  event_loop_.Advance(10 * times_.retry_interval);
  EXPECT_EQ(connection_.commits(), commits + 10);
}

TEST_F(SessionTest, RewritesNoMemberThatHasEnded) {
  Join();
  EndMember(session().lease());
  MemberRecord record = session().record();
  record.own_tags = {"new"};
  session().SetRecord(record);
  event_loop_.Advance(times_.read_interval);
  EXPECT_FALSE(Read("c/member/a.1").has_value());
  event_loop_.Advance(times_.read_interval);
  event_loop_.RunPosted();
  EXPECT_EQ(ValueOf("c/member/a.2"),
            "address=a:1\nprotocols=1\nadmitted=1\nown=new\n");
}

// Others have seen its end already, though the lease lives on.
TEST_F(SessionTest, RewritesNoMemberThatWasDeleted) {
  Join();
  DeleteKey("c/member/a.1");
  const int64_t deleted_at = store_.state().revision();
  MemberRecord record = session().record();
  record.own_tags = {"new"};
  session().SetRecord(record);
  event_loop_.Advance(2 * times_.read_interval);
  EXPECT_THAT(changes_, ElementsAre("a.1", "ended", "a.2"));
  const auto events = store_.state().EventsFrom(
      KeyRange::Single("c/member/a.1"), deleted_at + 1);
  ASSERT_THAT(events, IsOk());
  EXPECT_THAT(*events, IsEmpty());
}

TEST_F(SessionTest, StaysAliveAndCertainWhileTheStoreAnswers) {
  Join();
  for (int i = 0; i < 1000; ++i) {
    event_loop_.Advance(absl::Milliseconds(77));
    ASSERT_TRUE(session().IsCertain()) << i;
  }
  EXPECT_THAT(changes_, ElementsAre("a.1"));
}

TEST_F(SessionTest, IsCertainForItsTimeFromTheSendingOfTheLastGoodRead) {
  Join();
  connection_.set_fault(Fault::kResponsesLost);
  const absl::Time last = session().last_good_read();
  event_loop_.Advance(last + times_.certainty - event_loop_.Now() -
                      absl::Nanoseconds(1));
  EXPECT_TRUE(session().IsCertain());
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_FALSE(session().IsCertain());
  EXPECT_EQ(session().last_good_read(), last);
  // The lease has been kept alive all the time: the same session goes on.
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(times_.read_interval);
  EXPECT_TRUE(session().IsCertain());
  EXPECT_EQ(session().stats().lapses, 1);
  EXPECT_EQ(session().stats().begun, 1);
  EXPECT_THAT(changes_, ElementsAre("a.1"));
}

TEST_F(SessionTest, IsCertainAtFirstFromTheSendingOfTheReadOfTheView) {
  constexpr absl::Duration kDelay = absl::Milliseconds(400);
  connection_.set_read_delay(kDelay);
  session().Start();
  const absl::Time sent_at = event_loop_.Now();
  event_loop_.Advance(kDelay);
  ASSERT_TRUE(session().active());
  EXPECT_EQ(session().last_good_read(), sent_at);
  connection_.set_fault(Fault::kCut);
  event_loop_.Advance(times_.certainty - kDelay - absl::Nanoseconds(1));
  EXPECT_TRUE(session().IsCertain());
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_FALSE(session().IsCertain());
}

TEST_F(SessionTest, ExtendingNeverShortensCertainty) {
  Join();
  session().ExtendCertainty(event_loop_.Now());
  EXPECT_TRUE(session().IsCertain());
}

TEST_F(SessionTest, BeginsAnotherOnceItsMemberKeyIsGone) {
  Join();
  EndMember(session().lease());
  EXPECT_TRUE(session().IsCertain());
  event_loop_.Advance(times_.read_interval);
  event_loop_.Advance(times_.read_interval);
  EXPECT_THAT(changes_, ElementsAre("a.1", "ended", "a.2"));
  EXPECT_EQ(ValueOf("c/member/a.2"), "address=a:1\nprotocols=1\nadmitted=1\n");
}

TEST_F(SessionTest, EndsWhenCutOffForLongerThanItsLease) {
  Join();
  connection_.set_fault(Fault::kCut);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(ValueOf("c/member/a.1"), "(none)");
  EXPECT_FALSE(session().IsCertain());
  // It cannot know yet.
  EXPECT_TRUE(session().active());
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(changes_, ElementsAre("a.1", "ended", "a.2"));
}

TEST_F(SessionTest, RepeatsJoiningUntilTheStoreAnswers) {
  connection_.set_fault(Fault::kCut);
  session().Start();
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_THAT(changes_, IsEmpty());
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_TRUE(session().active());
}

TEST_F(SessionTest, WritesNoMemberBeforeTheBookIsConfirmed) {
  connection_.set_fault(Fault::kFillsUp);
  session().Start();
  event_loop_.Advance(absl::Seconds(1));
  const auto events = store_.state().EventsFrom({"c/member/", "c/member0"}, 1);
  ASSERT_THAT(events, IsOk());
  EXPECT_THAT(*events, IsEmpty());
}

TEST_F(SessionTest, DoesNotJoinAFullStoreUntilThereIsRoom) {
  store_.state().set_full(true);
  session().Start();
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_THAT(changes_, IsEmpty());
  store_.state().set_full(false);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_TRUE(session().active());
}

// etcd applies the write that crosses its quota, and reports it as full then.
TEST_F(SessionTest, MemberThatFilledTheStoreIsDeleted) {
  Join();
  connection_.set_fault(Fault::kFillsUp);
  session().OnSeenEnded();
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(changes_, ElementsAre("a.1", "ended"));
  const auto members = store_.state().Range({"c/member/", "c/member0"});
  EXPECT_THAT(members.entries, IsEmpty());
  connection_.set_fault(Fault::kNone);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_TRUE(session().active());
}

TEST_F(SessionTest, DoesNotBeginIfItsLeaseEndsBeforeTheViewIsRead) {
  connection_.set_on_range([this] {
    const auto member = Read("c/member/a.1");
    if (member.has_value()) (void)store_.state().RevokeLease(member->lease);
  });
  session().Start();
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(changes_, ElementsAre("a.2"));
}

TEST_F(SessionTest, GoesOnInAFullStore) {
  Join();
  store_.state().set_full(true);
  event_loop_.Advance(absl::Minutes(40));
  EXPECT_TRUE(session().IsCertain());
  EXPECT_THAT(changes_, ElementsAre("a.1"));
}

TEST_F(SessionTest, SeesWhatOthersWrite) {
  Join();
  AddMember("b.1", "b:1");
  ASSERT_NE(replica_->view.FindMember("b.1"), nullptr);
  EXPECT_EQ(replica_->view.FindMember("b.1")->record.address, "b:1");
}

TEST_F(SessionTest, ResumesABrokenWatchWithoutMissingAnything) {
  Join();
  connection_.BreakWatches(absl::UnavailableError("broken"));
  AddMember("b.1", "b:1");
  EXPECT_EQ(replica_->view.FindMember("b.1"), nullptr);
  event_loop_.Advance(times_.read_interval);
  EXPECT_NE(replica_->view.FindMember("b.1"), nullptr);
  EXPECT_THAT(changes_, ElementsAre("a.1"));
}

TEST_F(SessionTest, BeginsAnotherIfItsWatchIsCompacted) {
  Join();
  connection_.BreakWatches(absl::UnavailableError("broken"));
  const int64_t lease = AddMember("b.1", "b:1");
  EndMember(lease);
  store_.state().Compact(store_.state().revision());
  event_loop_.Advance(2 * times_.read_interval);
  EXPECT_THAT(changes_, ElementsAre("a.1", "ended", "a.2"));
  EXPECT_EQ(ValueOf("c/member/a.1"), "(none)") << "not revoked";
}

TEST_F(SessionTest, RewritesItsBookEntryBeforeThatExpires) {
  Join();
  const int64_t first = Read("c/book/a")->mod_revision;
  event_loop_.Advance(times_.book_interval);
  EXPECT_GT(Read("c/book/a")->mod_revision, first);
  event_loop_.Advance(absl::Hours(3));
  EXPECT_EQ(ValueOf("c/book/a"), "a:1");
  EXPECT_THAT(changes_, ElementsAre("a.1"));
}

TEST_F(SessionTest, BookEntryOutlivesTheProcess) {
  Join();
  replica_.reset();
  event_loop_.Advance(times_.book_ttl - absl::Minutes(1));
  EXPECT_EQ(ValueOf("c/member/a.1"), "(none)");
  EXPECT_EQ(ValueOf("c/book/a"), "a:1");
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(ValueOf("c/book/a"), "(none)");
}

TEST_F(SessionTest, CloseDeletesItsKeysThenSaysSo) {
  Join();
  bool closed = false;
  session().Close([&] { closed = true; });
  EXPECT_FALSE(closed);
  EXPECT_FALSE(session().active());
  event_loop_.RunPosted();
  EXPECT_TRUE(closed);
  EXPECT_EQ(ValueOf("c/member/a.1"), "(none)");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_THAT(changes_, ElementsAre("a.1", "ended"));
}

TEST_F(SessionTest, CloseWaitsForAStoreThatDoesNotAnswerOnlyUntilTheDeadline) {
  Join();
  connection_.set_fault(Fault::kCut);
  bool closed = false;
  session().Close([&] { closed = true; });
  event_loop_.Advance(times_.store_deadline);
  EXPECT_TRUE(closed);
}

TEST_F(SessionTest, ClosesBeforeItHasJoined) {
  bool closed = false;
  session().Close([&] { closed = true; });
  event_loop_.RunPosted();
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace wriftai::cluster
