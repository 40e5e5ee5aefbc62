#include "upstream/cluster/cluster_view.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "upstream/cluster/keys.h"

namespace wriftai::cluster {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

std::string Text(const Owner* owner) {
  return owner == nullptr ? "none"
                          : absl::StrCat(owner->session, "@", owner->revision);
}

class ClusterViewTest : public ::testing::Test, public OwnerObserver {
 protected:
  ClusterViewTest() { view_.set_observer(*this); }

  void OnOwnerChanged(const std::string& tag, const Owner* before,
                      const Owner* after) override {
    changes_.push_back(absl::StrCat(tag, ": ", Text(before), " -> ",
                                    Text(after), ", seen ", view_.revision()));
  }

  static KeyValue Entry(const std::string& key, const std::string& value,
                        int64_t revision, int64_t lease = 0) {
    return {key, value, revision, revision, lease};
  }
  static Event Deletion(const std::string& key, int64_t revision) {
    Event event;
    event.deleted = true;
    event.entry.key = key;
    event.entry.mod_revision = revision;
    return event;
  }

  const Keys keys_{"c"};
  ClusterView view_{keys_};
  std::vector<std::string> changes_;
};

TEST_F(ClusterViewTest, LoadReplacesEverythingAndNotifiesNobody) {
  view_.Load(
      {5,
       {Entry("c/book/n", "n:1", 2), Entry("c/member/n.1", "address=n:1", 3, 7),
        Entry("c/owner/t", "n.1", 4), Entry("d/owner/u", "n.1", 4)}});
  EXPECT_EQ(view_.revision(), 5);
  EXPECT_THAT(view_.book(), ElementsAre(Pair("n", "n:1")));
  ASSERT_THAT(view_.members(), SizeIs(1));
  EXPECT_EQ(view_.FindMember("n.1")->record.address, "n:1");
  EXPECT_EQ(view_.FindMember("n.1")->revision, 3);
  EXPECT_EQ(view_.FindMember("n.1")->lease, 7);
  EXPECT_THAT(view_.owners(), SizeIs(1));
  EXPECT_EQ(Text(view_.FindOwner("t")), "n.1@4");
  view_.Load({6, {}});
  EXPECT_THAT(view_.book(), IsEmpty());
  EXPECT_THAT(view_.members(), IsEmpty());
  EXPECT_EQ(view_.FindOwner("t"), nullptr);
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(ClusterViewTest, NotifiesOfOwnersBeforeAndAfter) {
  view_.Load({1, {}});
  view_.Apply({{false, Entry("c/owner/t", "n.1", 2)},
               {false, Entry("c/owner/t", "released", 3)},
               Deletion("c/owner/t", 4)});
  EXPECT_THAT(changes_, ElementsAre("t: none -> n.1@2, seen 2",
                                    "t: n.1@2 -> released@3, seen 3",
                                    "t: released@3 -> none, seen 4"));
}

TEST_F(ClusterViewTest, SessionHasEndedOnlyOnceItsEndIsSeen) {
  EXPECT_FALSE(view_.HasEnded("n.1", 2)) << "never loaded";
  view_.Load({1, {}});
  EXPECT_FALSE(view_.HasEnded("n.1", 2)) << "newer than the view";
  view_.Apply({{false, Entry("c/member/n.1", "address=n:1", 2)}});
  EXPECT_FALSE(view_.HasEnded("n.1", 2));
  view_.Apply({Deletion("c/member/n.1", 3)});
  EXPECT_TRUE(view_.HasEnded("n.1", 2));
  view_.Load({9, {}});
  EXPECT_TRUE(view_.HasEnded("m.1", 9)) << "ended before the load";
}

TEST_F(ClusterViewTest, MemberWithUnreadableRecordIsStillAMember) {
  view_.Load({3, {Entry("c/member/n.1", "?", 2)}});
  ASSERT_NE(view_.FindMember("n.1"), nullptr);
  EXPECT_EQ(view_.FindMember("n.1")->record.address, "");
}

TEST_F(ClusterViewTest, NeedsNoObserver) {
  ClusterView view(keys_);
  view.Apply({{false, Entry("c/owner/t", "n.1", 2)}});
  EXPECT_NE(view.FindOwner("t"), nullptr);
}

}  // namespace
}  // namespace wriftai::cluster
