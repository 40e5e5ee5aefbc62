#include "upstream/cluster/owner_lookup.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/cluster/replica_fixture.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kTag[] = "0123456789abcdef0123456789abcdef";

// The members b.1 and c.1 are known. The test plays their answers.
class OwnerLookupTest : public ReplicaTest, public OwnerLookupObserver {
 protected:
  OwnerLookupTest() {
    Join();
    AddMember("b.1", "b:1");
    AddMember("c.1", "c:1");
    replica_->lookup.set_observer(*this);
  }

  void OnOwnerFound(const std::string& tag) override { found_.push_back(tag); }

  // The store answers no more, and the last read is old.
  void CutOff() {
    connection_.set_fault(FaultyStore::Fault::kCut);
    event_loop_.Advance(2 * times_.vouching_delay());
  }
  void Search(const std::string& tag = kTag) {
    replica_->lookup.Search(tag);
    event_loop_.RunPosted();
  }
  // A revision that the view has not seen: `n` after its last.
  int64_t Newer(int64_t n = 1) const { return replica_->view.revision() + n; }
  void Answer(const std::string& address, const FoundOwner& owner) {
    link_.finders[address] = [owner](const FindOwnersRequest&) {
      return FindOwnersResponse{{owner}};
    };
  }
  std::string Found(const std::string& tag = kTag) const {
    const FoundOwner* const owner = replica_->lookup.Find(tag);
    return owner == nullptr ? "(none)" : owner->address;
  }

  std::vector<std::string> found_;
};

TEST_F(OwnerLookupTest, CurrentViewNeedsNoAnswers) {
  Search();
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_THAT(link_.asked, IsEmpty());
}

TEST_F(OwnerLookupTest, ReplicaThatIsCutOffAsksAllPeers) {
  CutOff();
  std::vector<std::string> tags;
  link_.finders["b:1"] = [&](const FindOwnersRequest& request) {
    tags = request.tags;
    return FindOwnersResponse{{{kTag, "c.1", "c:1", Newer()}}};
  };
  Search();
  EXPECT_THAT(link_.asked, ElementsAre("b:1", "c:1"));
  EXPECT_THAT(tags, ElementsAre(kTag));
  EXPECT_EQ(Found(), "c:1");
  EXPECT_THAT(found_, ElementsAre(kTag));
}

TEST_F(OwnerLookupTest, ReplicaWithoutASessionAsks) {
  connection_.set_fault(FaultyStore::Fault::kCut);
  replica_->session.OnSeenEnded();
  Answer("b:1", {kTag, "b.1", "b:1", Newer()});
  Search();
  EXPECT_EQ(Found(), "b:1");
}

TEST_F(OwnerLookupTest, NewestAnswerCounts) {
  CutOff();
  Answer("b:1", {kTag, "d.1", "d:1", Newer(2)});
  Answer("c:1", {kTag, "c.1", "c:1", Newer(1)});
  Search();
  EXPECT_EQ(Found(), "d:1");
  Answer("c:1", {kTag, "e.1", "e:1", Newer(3)});
  event_loop_.Advance(times_.lookup_interval);
  Search();
  EXPECT_EQ(Found(), "e:1");
  EXPECT_THAT(found_, ElementsAre(kTag, kTag));
}

TEST_F(OwnerLookupTest, AnswerThatTheViewHasSeenIsIgnored) {
  CutOff();
  Answer("b:1", {kTag, "d.1", "d:1", replica_->view.revision()});
  Search();
  EXPECT_EQ(Found(), "(none)");
  EXPECT_THAT(found_, IsEmpty());
}

TEST_F(OwnerLookupTest, AnswerThatNamesThisReplicaIsIgnored) {
  CutOff();
  Answer("b:1", {kTag, "a.9", "a:1", Newer()});
  Search();
  EXPECT_EQ(Found(), "(none)");
}

TEST_F(OwnerLookupTest, AnswerToNoQuestionIsIgnored) {
  CutOff();
  const std::string other(32, 'f');
  Answer("b:1", {other, "b.1", "b:1", Newer()});
  Search();
  EXPECT_EQ(Found(other), "(none)");
}

TEST_F(OwnerLookupTest, NewerViewReplacesTheAnswers) {
  CutOff();
  Answer("b:1", {kTag, "b.1", "b:1", Newer()});
  Search();
  ASSERT_EQ(Found(), "b:1");
  connection_.set_fault(FaultyStore::Fault::kNone);
  event_loop_.Advance(absl::Seconds(1));
  PutKey(keys_.Owner(kTag), "c.1");
  EXPECT_EQ(Found(), "(none)");
}

// Reads are not answered, so the view may be old. But the watch goes on.
TEST_F(OwnerLookupTest, AnswerThatAnOldViewHasSeenSinceDoesNotCount) {
  connection_.set_fault(FaultyStore::Fault::kResponsesLost);
  event_loop_.Advance(2 * times_.vouching_delay());
  Answer("b:1", {kTag, "b.1", "b:1", Newer()});
  Search();
  ASSERT_EQ(Found(), "b:1");
  PutKey(keys_.Owner(kTag), "c.1");
  EXPECT_EQ(Found(), "(none)");
}

TEST_F(OwnerLookupTest, AnswersDoNotCountWhileTheViewIsCurrent) {
  CutOff();
  Answer("b:1", {kTag, "b.1", "b:1", INT64_MAX});
  Search();
  ASSERT_EQ(Found(), "b:1");
  connection_.set_fault(FaultyStore::Fault::kNone);
  event_loop_.Advance(times_.read_interval);
  EXPECT_EQ(Found(), "(none)");
}

// Even one with an epoch that the store never reaches.
TEST_F(OwnerLookupTest, NewSessionForgetsTheAnswers) {
  CutOff();
  Answer("b:1", {kTag, "b.1", "b:1", INT64_MAX});
  Search();
  ASSERT_EQ(Found(), "b:1");
  connection_.set_fault(FaultyStore::Fault::kNone);
  replica_->session.OnSeenEnded();
  event_loop_.Advance(absl::Seconds(1));
  ASSERT_TRUE(replica_->session.active());
  connection_.set_fault(FaultyStore::Fault::kCut);
  event_loop_.Advance(2 * times_.vouching_delay());
  EXPECT_EQ(Found(), "(none)");
}

TEST_F(OwnerLookupTest, AsksTenTimesASecondAtMost) {
  CutOff();
  link_.finders["b:1"] = [](const FindOwnersRequest&) {
    return FindOwnersResponse();
  };
  link_.finders["c:1"] = link_.finders["b:1"];
  for (int i = 0; i < 950; ++i) {
    Search();
    event_loop_.Advance(absl::Milliseconds(1));
  }
  EXPECT_EQ(link_.asked.size(), 2 * 10);
}

TEST_F(OwnerLookupTest, PeerThatDoesNotAnswerDelaysNoOther) {
  CutOff();
  link_.finders["c:1"] = [](const FindOwnersRequest&) {
    return FindOwnersResponse();
  };
  Search();
  Answer("c:1", {kTag, "c.1", "c:1", Newer()});
  event_loop_.Advance(times_.lookup_interval);
  Search();
  EXPECT_EQ(Found(), "c:1");
  EXPECT_THAT(link_.asked, ElementsAre("b:1", "c:1", "c:1"));
  // It is asked again once its call has ended.
  event_loop_.Advance(times_.store_deadline);
  Search();
  EXPECT_EQ(link_.asked.size(), 5u);
}

TEST_F(OwnerLookupTest, RequestsAreBounded) {
  CutOff();
  size_t tags = 0;
  link_.finders["b:1"] = [&](const FindOwnersRequest& request) {
    tags = request.tags.size();
    return FindOwnersResponse();
  };
  for (size_t i = 0; i < 2 * OwnerLookup::kMaxTags; ++i) {
    replica_->lookup.Search(absl::StrCat(i));
  }
  event_loop_.RunPosted();
  EXPECT_EQ(tags, OwnerLookup::kMaxTags);
}

TEST_F(OwnerLookupTest, OwnersAreBounded) {
  CutOff();
  link_.finders["b:1"] = [&](const FindOwnersRequest& request) {
    FindOwnersResponse response;
    for (const std::string& tag : request.tags) {
      response.owners.push_back({tag, "b.1", "b:1", Newer()});
    }
    return response;
  };
  for (size_t i = 0; i <= OwnerLookup::kMaxOwners; ++i) {
    replica_->lookup.Search(absl::StrCat(i));
    if (i % OwnerLookup::kMaxTags == 0) {
      event_loop_.Advance(times_.lookup_interval);
    }
  }
  event_loop_.Advance(times_.lookup_interval);
  EXPECT_EQ(found_.size(), OwnerLookup::kMaxOwners);
}

}  // namespace
}  // namespace wriftai::cluster
