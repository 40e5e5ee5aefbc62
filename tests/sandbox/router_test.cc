#include "sandbox/router.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/uuid.h"

namespace wriftai::sandbox {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(RouterTest, FindsThreeFormsOfCreate) {
  EXPECT_EQ(FindRoute("POST", "/v1/predictions").endpoint, Endpoint::kCreate);
  const Route latest = FindRoute("POST", "/v1/models/a/b/predictions");
  EXPECT_EQ(latest.endpoint, Endpoint::kCreateLatest);
  EXPECT_THAT(latest.arguments, ElementsAre("a", "b"));
  const Route version =
      FindRoute("POST", "/v1/models/a/b/versions/3/predictions");
  EXPECT_EQ(version.endpoint, Endpoint::kCreateVersion);
  EXPECT_THAT(version.arguments, ElementsAre("a", "b", "3"));
}

TEST(RouterTest, FindsReadsAndCancel) {
  EXPECT_EQ(FindRoute("GET", "/v1/predictions").endpoint, Endpoint::kList);
  EXPECT_EQ(FindRoute("GET", "/v1/predictions/x").endpoint, Endpoint::kGet);
  EXPECT_EQ(FindRoute("POST", "/v1/predictions/x/cancel").endpoint,
            Endpoint::kCancel);
}

TEST(RouterTest, DecodesSegmentsAfterSplitting) {
  const Route route = FindRoute("POST", "/v1/models/a%2Fb/c%20d/predictions");
  EXPECT_THAT(route.arguments, ElementsAre("a/b", "c d"));
}

TEST(RouterTest, ListsAllowedMethods) {
  const Route route = FindRoute("PUT", "/v1/predictions");
  EXPECT_EQ(route.endpoint, Endpoint::kUnknownMethod);
  EXPECT_EQ(route.allowed_methods, "POST, GET");
}

TEST(RouterTest, ReportsUnknownPaths) {
  for (const char* path :
       {"/", "/v1", "/v1/predictions/", "/v2/predictions", "/v1//cancel",
        "/v1/models//b/predictions", "/v1/predictions/x/cancel/"}) {
    EXPECT_EQ(FindRoute("GET", path).endpoint, Endpoint::kUnknownPath) << path;
  }
}

TEST(RouterTest, KeepsInvalidEscapes) {
  EXPECT_EQ(PercentDecode("%4"), "%4");
  EXPECT_EQ(PercentDecode("%zz%41%"), "%zzA%");
}

TEST(RouterTest, FindsQueryValues) {
  EXPECT_EQ(FindQueryValue("a=1&cursor=x%3D+y", "cursor").text, "x= y");
  EXPECT_TRUE(FindQueryValue("a=1&b", "b").present);
  EXPECT_FALSE(FindQueryValue("ab=1", "a").present);
  EXPECT_FALSE(FindQueryValue("", "a").present);
}

TEST(UuidTest, RepeatsSequenceOfSeed) {
  UuidSource one(7);
  UuidSource two(7);
  const std::string first = one.Next();
  EXPECT_EQ(first, two.Next());
  EXPECT_NE(one.Next(), first);
  one.Restart();
  EXPECT_EQ(one.Next(), first);
}

TEST(UuidTest, DiffersWithoutSeed) {
  EXPECT_NE(UuidSource(0).Next(), UuidSource(0).Next());
}

TEST(UuidTest, GeneratesValidUuids) {
  const std::string made = UuidSource(1).Next();
  EXPECT_THAT(ParseUuid(made), Optional(made));
  EXPECT_EQ(made[14], '4');
}

TEST(UuidTest, ParsesBothForms) {
  const char kCanonical[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
  EXPECT_THAT(ParseUuid("C12258C4-ED83-4D7B-A784-8ED55412325A"),
              Optional(std::string(kCanonical)));
  EXPECT_THAT(ParseUuid("c12258c4ed834d7ba7848ed55412325a"),
              Optional(std::string(kCanonical)));
}

TEST(UuidTest, RejectsOtherText) {
  for (const char* text : {"", "x", "c12258c4-ed83-4d7b-a784-8ed55412325",
                           "not-a-uuid", "c12258c4-ed83-4d7b-a784-8ed55412325g",
                           "c12258c4-ed83-4d7b-a7848-ed55412325a",
                           "c12258c4ed83-4d7b-a784-8ed55412325a--"}) {
    EXPECT_EQ(ParseUuid(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wriftai::sandbox
