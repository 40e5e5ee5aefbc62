#include "service/server/tls/name_pattern.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::StartsWith;

bool Uri(const char* pattern, absl::string_view name) {
  return NamePattern::Parse(pattern)->MatchesUri(name);
}

bool Dns(const char* pattern, absl::string_view name) {
  return NamePattern::Parse(pattern)->MatchesDns(name);
}

TEST(NamePatternTest, WithoutStarMatchesExactName) {
  const char* const id = "spiffe://cluster.local/ns/a/sa/caller";
  EXPECT_TRUE(Uri(id, id));
  for (const char* other : {"spiffe://cluster.local/ns/a/sa/caller.evil",
                            "spiffe://cluster.local/ns/a/sa/caller/evil",
                            "spiffe://cluster.local/ns/a/sa/caller/",
                            "spiffe://cluster.local/ns/a/sa/calle",
                            "spiffe://cluster.local/ns/a/sa/Caller",
                            "evil-spiffe://cluster.local/ns/a/sa/caller",
                            "spiffe://cluster.local.evil/ns/a/sa/caller",
                            "spiffe://evil/cluster.local/ns/a/sa/caller",
                            "spiffe:/cluster.local/ns/a/sa/caller",
                            "https://cluster.local/ns/a/sa/caller", "", "*"}) {
    EXPECT_FALSE(Uri(id, other)) << other;
  }
}

TEST(NamePatternTest, StarMatchesOnePathSegment) {
  const char* const pattern = "spiffe://cluster.local/ns/*/sa/caller";
  for (const char* name : {"spiffe://cluster.local/ns/a/sa/caller",
                           "spiffe://cluster.local/ns/team-1.x_y/sa/caller"}) {
    EXPECT_TRUE(Uri(pattern, name)) << name;
  }
  for (const char* name : {"spiffe://cluster.local/ns//sa/caller",
                           "spiffe://cluster.local/ns/a/b/sa/caller",
                           "spiffe://cluster.local/ns/a/sa/caller/sa/caller",
                           "spiffe://cluster.local/ns/../sa/caller",
                           "spiffe://cluster.local/ns/./sa/caller",
                           "spiffe://cluster.local/ns/a%2fb/sa/caller",
                           "spiffe://cluster.local/ns/a?b/sa/caller",
                           "spiffe://cluster.local/ns/a#b/sa/caller",
                           "spiffe://cluster.local/ns/*/sa/caller",
                           "spiffe://cluster.local/ns/sa/caller"}) {
    EXPECT_FALSE(Uri(pattern, name)) << name;
  }
}

TEST(NamePatternTest, StarMatchesPartOfSegment) {
  EXPECT_TRUE(Uri("spiffe://d/sa/job-*-x", "spiffe://d/sa/job-1-x"));
  EXPECT_FALSE(Uri("spiffe://d/sa/job-*-x", "spiffe://d/sa/job--x"));
  EXPECT_FALSE(Uri("spiffe://d/sa/job-*-x", "spiffe://d/sa/job-x"));
  EXPECT_FALSE(Uri("spiffe://d/sa/job-*-x", "spiffe://d/sa/job-1-xy"));
}

TEST(NamePatternTest, StarMatchesOneDomainLabel) {
  EXPECT_TRUE(Uri("spiffe://*.example/a", "spiffe://prod.example/a"));
  EXPECT_FALSE(Uri("spiffe://*.example/a", "spiffe://x.prod.example/a"));
  EXPECT_FALSE(Uri("spiffe://*.example/a", "spiffe://evil/.example/a"));
  EXPECT_TRUE(Dns("*.prod.svc", "caller.prod.svc"));
  EXPECT_FALSE(Dns("*.prod.svc", "evil.caller.prod.svc"));
  EXPECT_FALSE(Dns("*.prod.svc", ".prod.svc"));
  EXPECT_FALSE(Dns("*.prod.svc", "caller.prod.svc.evil"));
  EXPECT_FALSE(Dns("*.prod.svc", "*.prod.svc"));
}

TEST(NamePatternTest, DnsNamesIgnoreCase) {
  EXPECT_TRUE(Dns("Caller.Example", "cALLER.eXAMPLE"));
}

TEST(NamePatternTest, ZeroByteDoesNotTruncateName) {
  EXPECT_FALSE(
      Dns("caller.example", absl::string_view("caller.example\0.evil", 20)));
  EXPECT_FALSE(Uri("spiffe://d/a", absl::string_view("spiffe://d/a\0", 13)));
  EXPECT_FALSE(Uri("spiffe://d/*", absl::string_view("spiffe://d/a\0", 13)));
}

TEST(NamePatternTest, DnsAndUriPatternsAreSeparate) {
  EXPECT_FALSE(Dns("spiffe://d/a", "spiffe://d/a"));
  EXPECT_FALSE(Uri("caller.example", "caller.example"));
}

TEST(NamePatternTest, ParsesCommaSeparatedList) {
  const auto patterns = ParseNamePatterns("a.example,spiffe://d/*");
  ASSERT_THAT(patterns, IsOk());
  ASSERT_EQ(patterns->size(), 2u);
  EXPECT_TRUE((*patterns)[0].MatchesDns("a.example"));
  EXPECT_TRUE((*patterns)[1].MatchesUri("spiffe://d/x"));
}

TEST(NamePatternTest, RejectsMalformedLists) {
  for (const char* list :
       {"", ",", "a,", "a, b", "a b", "://d", "spiffe://", "spiffe:///a", "d/a",
        "spiffe://d:1/a", "spiffe://u@d/a", "spiffe://d/**", "a**b.example",
        "spiffe://d/\xc3\xa4", "sp*ffe://d/a"}) {
    EXPECT_THAT(std::string(ParseNamePatterns(list).status().message()),
                StartsWith("expected comma-separated DNS names or URIs"))
        << list;
  }
  std::string many = "a";
  for (int i = 0; i < 100; ++i) many += ",a";
  EXPECT_EQ(ParseNamePatterns(many).status().message(),
            "expected at most 100 patterns");
}

}  // namespace
}  // namespace wriftai
