#include "service/rpc/model_reference.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

TEST(ModelReferenceTest, OwnerAndNameMeanLatestVersion) {
  const auto model = ModelReferenceFrom("deepseek-ai/deepseek-r1");
  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->owner, "deepseek-ai");
  EXPECT_EQ(model->name, "deepseek-r1");
  EXPECT_EQ(model->version, std::nullopt);
}

TEST(ModelReferenceTest, AcceptsVersionsFromOne) {
  EXPECT_EQ(ModelReferenceFrom("a/b:1")->version, 1);
  EXPECT_EQ(ModelReferenceFrom("a/b:9223372036854775807")->version,
            std::numeric_limits<int64_t>::max());
}

TEST(ModelReferenceTest, AcceptsNamesThatAreSafeInPaths) {
  EXPECT_THAT(ModelReferenceFrom("a.b_c-d/E~f@1"), IsOk());
  EXPECT_THAT(ModelReferenceFrom("ü/模型"), IsOk());
  EXPECT_THAT(
      ModelReferenceFrom(std::string(128, 'a') + "/" + std::string(128, 'b')),
      IsOk());
}

TEST(ModelReferenceTest, RejectsMalformedReferences) {
  for (const std::string bad : {"",
                                "a",
                                "a/",
                                "/b",
                                "a/b/c",
                                "a//b",
                                "a/b:",
                                "a/b:x",
                                "a/b:0",
                                "a/b:01",
                                "a/b:-1",
                                "a/b:+1",
                                "a/b: 1",
                                "a/b:1 ",
                                "a/b:1:2",
                                "a/b:1.0",
                                "own:er/n",
                                "o w/n",
                                "o/n?x",
                                "o/n#x",
                                "a/b ",
                                " a/b",
                                "a/b\n",
                                "a\t/b",
                                "./b",
                                "../b",
                                "a/.",
                                "a/..",
                                "a/b:9223372036854775808",
                                "a/b\x7f",
                                "a/b:1/c"}) {
    EXPECT_THAT(
        ModelReferenceFrom(bad),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "model: expected owner/name or owner/name:version, with an "
                 "integer version of at least 1, and owner and name of 1 to "
                 "128 bytes of visible characters without whitespace, '/', "
                 "':', '?' and '#'"))
        << bad;
  }
}

TEST(ModelReferenceTest, RejectsInvisibleCharacters) {
  for (const std::string bad : {"\xC2\x85",
                                "\xC2\x9B",
                                "\xC2\xA0",
                                "\xC2\xAD",
                                "\xD8\x9C",
                                "\xE2\x80\x8B",
                                "\xE2\x80\x8F",
                                "\xE2\x80\xA8",
                                "\xE2\x80\xA9",
                                "\xE2\x80\xAA",
                                "\xE2\x80\xAE",
                                "\xE2\x81\xA6",
                                "\xE3\x80\x80",
                                "\xEE\x80\x80",
                                "\xEF\xBB\xBF",
                                "\xEF\xBF\xBF",
                                "\xF3\xA0\x81\x81",
                                "\x01",
                                "\x1b",
                                "\xff",
                                "\xC3"}) {
    for (const std::string& model :
         {"a" + bad + "b/c", "a/b" + bad + "c", bad + "/c", "a/" + bad}) {
      EXPECT_THAT(ModelReferenceFrom(model),
                  StatusIs(absl::StatusCode::kInvalidArgument))
          << model;
    }
  }
}

TEST(ModelReferenceTest, RejectsNulAndOverlongNames) {
  EXPECT_THAT(ModelReferenceFrom(absl::string_view("a/b\0c", 5)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ModelReferenceFrom("a/" + std::string(129, 'b')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
