#include "upstream/cluster/known_peers.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/keys.h"

namespace wriftai::cluster {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class KnownPeersTest : public ::testing::Test {
 protected:
  void Load(int64_t revision, const std::vector<std::string>& sessions) {
    RangeResult read;
    read.revision = revision;
    for (const std::string& session : sessions) {
      read.entries.push_back({keys_.Member(session), "address=x\n", 2, 2, 1});
    }
    view_.Load(read);
  }
  std::vector<std::string> Sessions() const {
    std::vector<std::string> sessions;
    for (const Peer& peer : peers_.All()) sessions.push_back(peer.session);
    return sessions;
  }

  const Keys keys_{"c"};
  ClusterView view_{keys_};
  KnownPeers peers_{view_, "a"};
};

TEST_F(KnownPeersTest, AreTheOtherMembers) {
  Load(5, {"a.1", "b.1", "c.2"});
  EXPECT_THAT(Sessions(), UnorderedElementsAre("b.1", "c.2"));
}

TEST_F(KnownPeersTest, IncludeCallersNewerThanTheView) {
  Load(5, {"b.1"});
  peers_.Add({"d.1", 6, "d"});
  peers_.Add({"e.1", 5, "e"});  // The view would show it, if it were alive.
  peers_.Add({"a.2", 7, "a"});
  EXPECT_THAT(Sessions(), UnorderedElementsAre("b.1", "d.1"));
}

TEST_F(KnownPeersTest, KeepTheNewestSessionOfACaller) {
  peers_.Add({"d.2", 8, "d"});
  peers_.Add({"d.1", 6, "d"});
  EXPECT_THAT(Sessions(), UnorderedElementsAre("d.2"));
  peers_.Add({"d.3", 9, "d"});
  EXPECT_THAT(Sessions(), UnorderedElementsAre("d.3"));
}

TEST_F(KnownPeersTest, ForgetCallersOnceTheViewCoversThem) {
  peers_.Add({"d.1", 6, "d"});
  Load(6, {});
  EXPECT_THAT(Sessions(), IsEmpty());
}

TEST_F(KnownPeersTest, AreIncompleteWhileACallerIsMissing) {
  for (size_t i = 0; i < KnownPeers::kMaxCallers; ++i) {
    peers_.Add({absl::StrCat("d", i, ".1"), 10, "d"});
  }
  EXPECT_TRUE(peers_.complete());
  peers_.Add({"d0.2", 11, "d"});
  EXPECT_TRUE(peers_.complete()) << "a known caller";
  peers_.Add({"e.1", 12, "e"});
  EXPECT_FALSE(peers_.complete());
  Load(11, {});
  EXPECT_FALSE(peers_.complete());
  Load(12, {});
  EXPECT_TRUE(peers_.complete());
}

}  // namespace
}  // namespace wriftai::cluster
