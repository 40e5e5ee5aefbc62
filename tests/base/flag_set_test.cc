#include "base/flag_set.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class FlagSetTest : public testing::Test {
 protected:
  FlagSetTest() {
    flags_.Add("name", &name_, "Who.", "OTHER_NAME");
    flags_.Add("json", &json_, "As JSON.");
    flags_.Add("count", &count_, 1, 10, "How many.");
    flags_.Add("rate", &rate_, 0.5, 100, "Per second.");
    flags_.Add("wait", &wait_, absl::Milliseconds(100), absl::Hours(2),
               "How long.");
    flags_.Add(
        "token",
        [this](absl::string_view text) {
          if (text.size() < 3) {
            return absl::InvalidArgumentError("expected a token");
          }
          token_ = Secret(std::string(text));
          return absl::OkStatus();
        },
        "The token.", "none");
  }

  absl::StatusOr<std::vector<std::string>> Parse(
      const std::vector<std::string>& arguments) {
    return flags_.Parse(arguments, [this](const char* variable) {
      const auto found = environment_.find(variable);
      return found == environment_.end() ? nullptr : found->second.c_str();
    });
  }

  std::string name_ = "nobody";
  bool json_ = false;
  int64_t count_ = 2;
  double rate_ = 3;
  absl::Duration wait_ = absl::Seconds(1);
  Secret token_;
  std::map<std::string, std::string> environment_;
  FlagSet flags_{"program", "Does things.", "GATEWAY_"};
};

TEST_F(FlagSetTest, KeepsDefaultsWithoutArguments) {
  EXPECT_THAT(Parse({}), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(name_, "nobody");
  EXPECT_EQ(count_, 2);
  EXPECT_FALSE(flags_.help_requested());
}

TEST_F(FlagSetTest, ReadsValueAfterEqualsOrAsNextArgument) {
  EXPECT_THAT(Parse({"--name=a=b", "--count", "7", "--rate=2.5", "--wait",
                     "1m30s", "--token=abc"}),
              IsOk());
  EXPECT_EQ(name_, "a=b");
  EXPECT_EQ(count_, 7);
  EXPECT_EQ(rate_, 2.5);
  EXPECT_EQ(wait_, absl::Seconds(90));
  EXPECT_EQ(token_.Reveal(), "abc");
}

TEST_F(FlagSetTest, ValueMayLookLikeFlag) {
  EXPECT_THAT(Parse({"--name", "--json"}), IsOk());
  EXPECT_EQ(name_, "--json");
  EXPECT_FALSE(json_);
}

TEST_F(FlagSetTest, AcceptsEmptyString) {
  EXPECT_THAT(Parse({"--name="}), IsOk());
  EXPECT_EQ(name_, "");
}

TEST_F(FlagSetTest, AcceptsFourFormsOfBool) {
  EXPECT_THAT(Parse({"--json"}), IsOk());
  EXPECT_TRUE(json_);
  EXPECT_THAT(Parse({"--nojson"}), IsOk());
  EXPECT_FALSE(json_);
  EXPECT_THAT(Parse({"--json=1"}), IsOk());
  EXPECT_TRUE(json_);
  EXPECT_THAT(Parse({"--json=false"}), IsOk());
  EXPECT_FALSE(json_);
}

TEST_F(FlagSetTest, BoolDoesNotConsumeNextArgument) {
  EXPECT_THAT(Parse({"--json", "false"}), IsOkAndHolds(ElementsAre("false")));
  EXPECT_TRUE(json_);
}

TEST_F(FlagSetTest, ReturnsPositionalArgumentsInOrder) {
  EXPECT_THAT(Parse({"a", "--json", "-", "--", "--name", "b"}),
              IsOkAndHolds(ElementsAre("a", "-", "--name", "b")));
  EXPECT_EQ(name_, "nobody");
}

TEST_F(FlagSetTest, LastOfRepeatedFlagsWins) {
  EXPECT_THAT(Parse({"--count=3", "--count=4"}), IsOk());
  EXPECT_EQ(count_, 4);
}

TEST_F(FlagSetTest, FlagTakesPrecedenceOverEnvironment) {
  environment_ = {{"GATEWAY_COUNT", "5"},
                  {"GATEWAY_JSON", "true"},
                  {"OTHER_NAME", "other"}};
  EXPECT_THAT(Parse({"--count=6"}), IsOk());
  EXPECT_EQ(count_, 6);
  EXPECT_TRUE(json_);
  EXPECT_EQ(name_, "other");
}

TEST_F(FlagSetTest, TreatsEmptyVariableAsUnset) {
  environment_ = {{"GATEWAY_COUNT", ""}, {"GATEWAY_NAME", ""}};
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(name_, "nobody");
}

TEST_F(FlagSetTest, IgnoresEnvironmentWithoutPrefix) {
  FlagSet plain("p", "s", "");
  int64_t value = 1;
  plain.Add("count", &value, 0, 9, "h");
  EXPECT_THAT(plain.Parse({}, [](const char*) { return "5"; }), IsOk());
  EXPECT_EQ(value, 1);
}

TEST_F(FlagSetTest, RejectsUnknownFlags) {
  for (const std::string flag :
       {"--nam", "--noname", "--nojson=true", "---json", "--=x"}) {
    EXPECT_THAT(Parse({flag}),
                StatusIs(kInvalid, HasSubstr("unknown flag; see --help")))
        << flag;
  }
}

TEST_F(FlagSetTest, RejectsFlagWithoutValue) {
  EXPECT_THAT(Parse({"--count"}),
              StatusIs(kInvalid, "--count: requires a value"));
}

TEST_F(FlagSetTest, RejectsInvalidOrOutOfRangeNumbers) {
  for (const std::string value :
       {"0", "11", "", "x", "1.5", "1x", "99999999999999999999"}) {
    EXPECT_THAT(
        Parse({"--count=" + value}),
        StatusIs(kInvalid, "--count: expected a whole number from 1 to 10"))
        << value;
  }
  for (const std::string value : {"0.4", "100.1", "nan", "inf", "", "x"}) {
    EXPECT_THAT(Parse({"--rate=" + value}),
                StatusIs(kInvalid, "--rate: expected a number from 0.5 to 100"))
        << value;
  }
}

TEST_F(FlagSetTest, RejectsDurationsOutOfRangeOrWithoutUnit) {
  for (const std::string value : {"99ms", "3h", "-1s", "5", "inf", ""}) {
    EXPECT_THAT(Parse({"--wait=" + value}),
                StatusIs(kInvalid,
                         "--wait: expected a duration from 100ms to "
                         "2h, such as 1.5s"))
        << value;
  }
}

TEST_F(FlagSetTest, RejectsInvalidBool) {
  EXPECT_THAT(Parse({"--json=yes"}),
              StatusIs(kInvalid, "--json: expected true or false"));
  EXPECT_THAT(Parse({"--json="}),
              StatusIs(kInvalid, "--json: expected true or false"));
}

TEST_F(FlagSetTest, ErrorNamesInvalidVariable) {
  environment_ = {{"GATEWAY_COUNT", "x"}};
  EXPECT_THAT(Parse({}),
              StatusIs(kInvalid,
                       "GATEWAY_COUNT: expected a whole number from 1 to 10"));
}

TEST_F(FlagSetTest, ErrorDoesNotContainValue) {
  EXPECT_THAT(Parse({"--token=s3"}),
              StatusIs(kInvalid, "--token: expected a token"));
  environment_ = {{"GATEWAY_TOKEN", "s3"}};
  EXPECT_THAT(Parse({}), StatusIs(kInvalid, "GATEWAY_TOKEN: expected a token"));
}

TEST_F(FlagSetTest, HelpListsEveryFlagWithDefault) {
  EXPECT_THAT(Parse({"--help"}), IsOk());
  EXPECT_TRUE(flags_.help_requested());
  const std::string help = flags_.Help();
  for (const char* part :
       {"Usage: program", "Does things.", "--name  (default: nobody)", "Who.",
        "Also: OTHER_NAME", "--json  (default: false)", "--wait  (default: 1s)",
        "GATEWAY_SOME_NAME"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

TEST_F(FlagSetTest, VersionHasFlagButNoVariable) {
  environment_ = {{"GATEWAY_VERSION", "1.2"}};
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_FALSE(flags_.version_requested());
  EXPECT_THAT(Parse({"--version"}), IsOk());
  EXPECT_TRUE(flags_.version_requested());
}

TEST_F(FlagSetTest, ArgumentsFromMainOmitsProgram) {
  char program[] = "p";
  char argument[] = "--a";
  char* argv[] = {program, argument, nullptr};
  EXPECT_THAT(ArgumentsFromMain(2, argv), ElementsAre("--a"));
}

std::string Line(const Setting& setting) {
  return absl::StrCat(setting.name, "=", setting.value, " ", setting.source,
                      setting.is_default ? " is default " : " not default ",
                      setting.default_value);
}

TEST_F(FlagSetTest, SettingsHaveValueSourceAndDefault) {
  environment_ = {{"GATEWAY_COUNT", "7"}, {"OTHER_NAME", "somebody"}};
  ASSERT_THAT(Parse({"--wait=60000ms", "--rate=3.0"}), IsOk());
  std::vector<std::string> lines;
  for (const Setting& setting : flags_.Settings()) {
    lines.push_back(Line(setting));
  }
  EXPECT_THAT(lines,
              ElementsAre("--name=somebody OTHER_NAME not default nobody",
                          "--json=false default is default false",
                          "--count=7 GATEWAY_COUNT not default 2",
                          "--rate=3 command line is default 3",
                          "--wait=1m command line not default 1s",
                          "--token=none default is default none"));
}

TEST_F(FlagSetTest, SettingsNeverShowSecret) {
  Secret password;
  flags_.AddVariable("PASSWORD", &password);
  flags_.AddVariable("NOT_SHOWN");
  ASSERT_THAT(Parse({"--token=marker"}), IsOk());
  EXPECT_EQ(Line(flags_.Settings().back()),
            "PASSWORD=none default is default none");
  password = Secret("marker");
  const std::vector<Setting> settings = flags_.Settings();
  EXPECT_EQ(Line(settings[5]),
            "--token=[redacted] command line not default none");
  EXPECT_EQ(Line(settings[6]), "PASSWORD=[redacted] PASSWORD not default none");
  EXPECT_EQ(settings.size(), 7u);
}

}  // namespace
}  // namespace wriftai
