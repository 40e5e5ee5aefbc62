#include "upstream/cluster/keys.h"

#include <string>

#include "gtest/gtest.h"

namespace wriftai::cluster {
namespace {

TEST(SessionIdTest, NamesItsNode) {
  EXPECT_EQ(SessionId("node", 12), "node.12");
  EXPECT_EQ(NodeOf("node.12"), "node");
  EXPECT_EQ(NodeOf("a.b.3"), "a.b");
  EXPECT_EQ(NodeOf("node"), "node");
}

TEST(TagTest, DependsOnClusterAndCredential) {
  // printf 'prod\nkey' | sha256sum
  EXPECT_EQ(TagOf("prod", "key"), "7a5b032cca4ccf74f2dc23df2843362e");
  EXPECT_NE(TagOf("prod", "key"), TagOf("test", "key"));
  EXPECT_NE(TagOf("prod", "key"), TagOf("prod", "key2"));
}

TEST(KeysTest, NamesTheKeysOfTheDesign) {
  const Keys keys("prod");
  EXPECT_EQ(keys.Book("n"), "prod/book/n");
  EXPECT_EQ(keys.Member("n.1"), "prod/member/n.1");
  EXPECT_EQ(keys.Owner("t"), "prod/owner/t");
  EXPECT_EQ(keys.Request("t", "d"), "prod/request/t/d");
}

TEST(KeysTest, RangesHoldExactlyTheirKinds) {
  const Keys keys("prod");
  const KeyRange join = keys.JoinRange();
  const KeyRange watch = keys.WatchRange();
  for (const std::string& key : {keys.Member("n.1"), keys.Owner("t")}) {
    EXPECT_TRUE(join.Contains(key)) << key;
    EXPECT_TRUE(watch.Contains(key)) << key;
  }
  EXPECT_TRUE(join.Contains(keys.Book("n")));
  EXPECT_FALSE(watch.Contains(keys.Book("n")));
  for (const std::string& key :
       {keys.Request("t", "d"), Keys("other").Member("n.1"),
        Keys("prod2").Owner("t"), std::string("prod/owners")}) {
    EXPECT_FALSE(join.Contains(key)) << key;
    EXPECT_FALSE(watch.Contains(key)) << key;
  }
}

TEST(KeysTest, ParsesItsOwnKeysOnly) {
  const Keys keys("prod");
  EXPECT_EQ(keys.Parse("prod/book/n").kind, Keys::Kind::kBook);
  EXPECT_EQ(keys.Parse("prod/member/n.1").kind, Keys::Kind::kMember);
  EXPECT_EQ(keys.Parse("prod/member/n.1").name, "n.1");
  EXPECT_EQ(keys.Parse("prod/owner/t").kind, Keys::Kind::kOwner);
  EXPECT_EQ(keys.Parse("prod/request/t/d").kind, Keys::Kind::kOther);
  EXPECT_EQ(keys.Parse("other/owner/t").kind, Keys::Kind::kOther);
}

}  // namespace
}  // namespace wriftai::cluster
