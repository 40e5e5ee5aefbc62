#include "upstream/cluster/introductions.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/cluster/replica_fixture.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class IntroductionsTest : public ReplicaTest {
 protected:
  void Start() {
    replica_->session.Start();
    event_loop_.RunPosted();
    ASSERT_TRUE(replica_->session.active());
    began_at_ = event_loop_.Now();
  }
  void AddBook(const std::string& node, const std::string& address) {
    PutKey(keys_.Book(node), address);
  }
  absl::Duration Pause() const {
    return replica_->introductions.joined_until() - began_at_;
  }

  absl::Time began_at_;
};

TEST_F(IntroductionsTest, PauseAfterJoiningWithoutPeers) {
  Start();
  EXPECT_THAT(link_.called, IsEmpty());
  EXPECT_EQ(Pause(), times_.unreleased_pause());
}

TEST_F(IntroductionsTest, CallEachAddressInTheBookOnce) {
  AddBook("b", "b:1");
  AddBook("b2", "b:1");
  AddBook("c", "c:1");
  AddBook("former", "a:1");  // Had this replica's address.
  VouchRequest asked;
  link_.peers["b:1"] = [&](const VouchRequest& request) {
    asked = request;
    return VouchResponse();
  };
  link_.peers["c:1"] = [](const VouchRequest&) { return VouchResponse(); };
  Start();
  event_loop_.Advance(absl::Hours(2));
  EXPECT_THAT(link_.called, UnorderedElementsAre("b:1", "c:1"));
  EXPECT_EQ(asked.asker.session, "a.1");
  EXPECT_EQ(asked.asker.revision, replica_->session.revision());
}

TEST_F(IntroductionsTest, PauseBeginsWithTheLastAnswer) {
  AddBook("b", "b:1");
  link_.delay = absl::Milliseconds(100);
  link_.peers["b:1"] = [](const VouchRequest&) { return VouchResponse(); };
  Start();
  EXPECT_EQ(Pause(), absl::InfiniteDuration());
  event_loop_.Advance(link_.delay);
  EXPECT_EQ(Pause(), link_.delay + times_.unreleased_pause());
}

TEST_F(IntroductionsTest, PauseBeginsAfterOneFailureOfADeadAddress) {
  AddBook("b", "b:1");
  Start();
  event_loop_.Advance(times_.store_deadline - absl::Nanoseconds(1));
  EXPECT_EQ(Pause(), absl::InfiniteDuration());
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_EQ(Pause(), times_.store_deadline + times_.unreleased_pause());
}

TEST_F(IntroductionsTest, AnswerDuringThePauseExtendsItAndALaterOneDoesNot) {
  AddBook("b", "b:1");
  AddBook("c", "c:1");
  Start();
  event_loop_.Advance(absl::Seconds(2));
  link_.peers["b:1"] = [](const VouchRequest&) { return VouchResponse(); };
  event_loop_.Advance(absl::Seconds(1));
  const absl::Duration pause = Pause();
  EXPECT_GT(pause, absl::Seconds(2) + times_.unreleased_pause());
  EXPECT_LE(pause, absl::Seconds(3) + times_.unreleased_pause());
  event_loop_.Advance(absl::Seconds(10));
  link_.peers["c:1"] = [](const VouchRequest&) { return VouchResponse(); };
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(Pause(), pause);
}

TEST_F(IntroductionsTest, RepeatRarelyAfterThePauseUntilTheBookForgets) {
  AddBook("b", "b:1");
  Start();
  event_loop_.Advance(absl::Seconds(10));
  link_.called.clear();
  event_loop_.Advance(absl::Minutes(10));
  EXPECT_THAT(link_.called, SizeIs(60));
  event_loop_.Advance(times_.book_ttl);
  link_.called.clear();
  event_loop_.Advance(absl::Minutes(10));
  EXPECT_THAT(link_.called, IsEmpty());
}

TEST_F(IntroductionsTest, PeerThatHasSeenTheSessionEndEndsIt) {
  AddBook("b", "b:1");
  link_.peers["b:1"] = [](const VouchRequest& request) {
    return VouchResponse{request.asker.session == "a.1", {}};
  };
  replica_->session.Start();
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(replica_->session.id(), "a.2");
  EXPECT_TRUE(replica_->session.active());
  EXPECT_THAT(link_.called, ElementsAre("b:1", "b:1"));
}

}  // namespace
}  // namespace wriftai::cluster
