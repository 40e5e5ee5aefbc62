#include "client/arguments/spelling_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;

using Arguments = std::vector<std::string>;

std::string Error(const Arguments& arguments) {
  const auto normal = NormalizeSpelling(arguments);
  return normal.ok() ? "no error" : std::string(normal.status().message());
}

TEST(SpellingRulesTest, ExpandsLetters) {
  EXPECT_THAT(
      *NormalizeSpelling({"-o", "json", "-ojson", "-o=json", "-qO", "f"}),
      ElementsAre("--output", "json", "--output=json", "--output=json",
                  "--quiet", "--output_file", "f"));
}

TEST(SpellingRulesTest, TreatsDashesInNamesAsUnderscores) {
  EXPECT_THAT(*NormalizeSpelling({"--page-size=2-3", "--no-tls", "--notls"}),
              ElementsAre("--page_size=2-3", "--notls", "--notls"));
}

TEST(SpellingRulesTest, KeepsValuesAndOperands) {
  EXPECT_THAT(
      *NormalizeSpelling(
          {"--input", "-", "-", "--page_token", "-o", "--", "-o"}),
      ElementsAre("--input", "-", "-", "--page_token", "-o", "--", "-o"));
}

TEST(SpellingRulesTest, SuggestsSecondDash) {
  EXPECT_EQ(Error({"-json"}),
            "-json: unknown flag; see --help. Did you mean --json?");
  EXPECT_EQ(Error({"-page-size=3"}),
            "-page-size=3: unknown flag; see --help. Did you mean "
            "--page_size?");
  EXPECT_EQ(Error({"-x"}), "-x: unknown flag; see --help");
}

TEST(SpellingRulesTest, FindsOperandsBetweenFlags) {
  EXPECT_THAT(OperandsOf({"--address", "a", "get", "--json", "b", "--", "--c"}),
              ElementsAre("get", "b", "--c"));
}

TEST(SpellingRulesTest, NamesFlagsWithoutTheirValues) {
  EXPECT_THAT(
      FlagNamesIn({"--page_token", "--help", "--notls", "--", "--json"}),
      ElementsAre("page_token", "tls"));
}

}  // namespace
}  // namespace wriftai::client
