#include "client/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_split.h"

namespace wriftai::client {
namespace {

using ::testing::HasSubstr;

class CommandLineTest : public ::testing::Test {
 protected:
  absl::StatusOr<Invocation> ParseArguments(
      const std::vector<std::string>& arguments) {
    return ParseCommandLine(
        arguments,
        [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second.c_str();
        },
        standard_input_);
  }

  // Parses `line`, split at spaces.
  absl::StatusOr<Invocation> Parse(const std::string& line) {
    return ParseArguments(absl::StrSplit(line, ' ', absl::SkipEmpty()));
  }

  template <typename CommandType>
  CommandType Command(const std::string& line) {
    const auto invocation = Parse(line);
    EXPECT_TRUE(invocation.ok()) << invocation.status();
    return invocation.ok() ? std::get<CommandType>(invocation->command)
                           : CommandType();
  }

  std::string Error(const std::string& line) {
    const auto invocation = Parse(line);
    return invocation.ok() ? "no error"
                           : std::string(invocation.status().message());
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = ::testing::TempDir() + "command_line_" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::map<std::string, std::string> environment_;
  std::istringstream standard_input_;
};

TEST_F(CommandLineTest, ParsesEveryCreateFlag) {
  const std::string secret = Write("secret", "whsec\n");
  const auto command = Command<CreateCommand>(
      "create a/b:2 --input {\"x\":1} --wait --poll_interval 250ms "
      "--only_changes --webhook https://x.test/h --webhook_secret_file " +
      secret + " --validate_input --server_wait 10s --request_id u-u");
  EXPECT_EQ(command.request.ShortDebugString(),
            "model: \"a/b:2\" input_json: \"{\\\"x\\\":1}\" "
            "webhook { url: \"https://x.test/h\" } validate_input: true "
            "server_wait { seconds: 10 } request_id: \"u-u\" "
            "payload_format: PAYLOAD_FORMAT_JSON");
  EXPECT_EQ(command.wait_options.ShortDebugString(),
            "poll_interval { nanos: 250000000 } only_changes: true");
  EXPECT_TRUE(command.wait);
  EXPECT_EQ(command.webhook_secret->Reveal(), "whsec");
}

TEST_F(CommandLineTest, OmitsFieldsOfAbsentFlags) {
  const auto command = Command<CreateCommand>("create a/b --input {}");
  EXPECT_EQ(command.request.ShortDebugString(),
            "model: \"a/b\" input_json: \"{}\" "
            "payload_format: PAYLOAD_FORMAT_JSON");
  EXPECT_FALSE(command.wait);
  EXPECT_FALSE(command.webhook_secret.has_value());
}

TEST_F(CommandLineTest, TreatsDashesAndUnderscoresAlike) {
  const auto command = Command<CreateCommand>(
      "create a/b --input={} --validate-input --request-id=a-b --no-wait");
  EXPECT_TRUE(command.request.validate_input());
  EXPECT_EQ(command.request.request_id(), "a-b");
  EXPECT_FALSE(command.wait);
}

TEST_F(CommandLineTest, KeepsValuesThatLookLikeFlags) {
  EXPECT_EQ(
      Command<ListCommand>("list --page-token --a-b=c-d").request.page_token(),
      "--a-b=c-d");
}

TEST_F(CommandLineTest, AcceptsFlagsInAnyPosition) {
  for (const char* const line :
       {"--json --timeout 5s get i-d", "get --json i-d --timeout 5s",
        "get i-d --timeout=5s --json", "--timeout 5s get --json -- i-d"}) {
    SCOPED_TRACE(line);
    const auto invocation = Parse(line);
    ASSERT_TRUE(invocation.ok()) << invocation.status();
    EXPECT_TRUE(invocation->json);
    EXPECT_EQ(invocation->timeout, absl::Seconds(5));
    EXPECT_EQ(std::get<GetCommand>(invocation->command).request.id(), "i-d");
  }
}

TEST_F(CommandLineTest, BuildsRequestsOfOtherCommands) {
  EXPECT_EQ(
      Command<WaitCommand>("wait i --only-changes").request.ShortDebugString(),
      "id: \"i\" wait_options { only_changes: true } "
      "payload_format: PAYLOAD_FORMAT_JSON");
  EXPECT_EQ(Command<CancelCommand>("cancel i").request.id(), "i");
  EXPECT_EQ(Command<GetCommand>("get i --payload_format value")
                .request.payload_format(),
            v1::PAYLOAD_FORMAT_VALUE);
  const auto list = Command<ListCommand>("list --page_size 7 --all");
  EXPECT_EQ(list.request.ShortDebugString(), "page_size: 7");
  EXPECT_TRUE(list.all);
  EXPECT_EQ(Command<HealthCommand>("health --service a.B").request.service(),
            "a.B");
}

TEST_F(CommandLineTest, ReadsInputByteForByte) {
  const std::string json = "{\"x\": 1.000, \"x\": 2}\r\n";
  const std::string path = Write("input", json);
  EXPECT_EQ(Command<CreateCommand>("create a/b --input @" + path)
                .request.input_json(),
            json);
  standard_input_.str(json);
  EXPECT_EQ(
      Command<CreateCommand>("create a/b --input @-").request.input_json(),
      json);
}

TEST_F(CommandLineTest, ReportsUsageErrors) {
  const std::string empty = Write("empty", " \n");
  const std::string not_utf8 = Write("not_utf8", "\"\xff\"");
  const std::pair<std::string, std::string> kCases[] = {
      {"",
       "expected a command: create, get, list, wait, cancel or health; see "
       "--help"},
      {"remove x",
       "remove: unknown command; expected create, get, list, wait, cancel or "
       "health"},
      {"health x", "health: unexpected argument: x"},
      {"health --service \xff", "health: arguments must be UTF-8"},
      {"get", "get: ID is required"},
      {"get ", "get: ID is required"},
      {"get a b", "get: unexpected argument: b"},
      {"list a", "list: unexpected argument: a"},
      {"create --input {}", "create: MODEL is required"},
      {"create a/b", "create: --input is required; see create --help"},
      {"create a/b --input @/nowhere/x",
       "--input: cannot open /nowhere/x: No such file or directory"},
      {"create a/b --input @/", "--input: cannot read /: Is a directory"},
      {"create a/b --input @" + not_utf8, "--input: expected UTF-8"},
      {"create \xff --input {}", "create: arguments must be UTF-8"},
      {"create a/b --input", "--input: requires a value"},
      {"create a/b --input {} --server_wait 1.5s",
       "--server_wait: expected whole seconds from 1s to 60s, such as 10s"},
      {"create a/b --input {} --server_wait 61s",
       "--server_wait: expected whole seconds from 1s to 60s, such as 10s"},
      {"create a/b --input {} --webhook_secret_file " + empty,
       "--webhook_secret_file requires --webhook"},
      {"create a/b --input {} --webhook http://h --webhook_secret_file " +
           empty,
       "--webhook_secret_file: " + empty + " is empty"},
      {"wait i --poll_interval 99ms",
       "--poll_interval: expected a duration from 100ms to 1h, such as 10s"},
      {"wait i --poll_interval 1",
       "--poll_interval: expected a duration from 100ms to 1h, such as 10s"},
      {"get i --timeout 0s",
       "--timeout: expected a duration from 1ms to 168h, such as 10s"},
      {"list --page_size 51",
       "--page_size: expected a whole number from 1 to 50"},
      {"get i --page_size 5", "get: --page_size: unknown flag; see --help"},
      {"get i --bogus", "--bogus: unknown flag; see --help"},
      {"get -x", "-x: unknown flag; see --help"},
      {"get i --json=maybe", "--json: expected true or false"},
      {"get i --payload_format xml",
       "--payload_format: expected json or value"},
      {"get i --cert_file x", "--cert_file requires --key_file"},
      {"get i --key_file x", "--key_file requires --cert_file"},
      {"get i --address=", "--address: expected host:port"},
      {"get i --token_file /nowhere/x",
       "--token_file: cannot open /nowhere/x: No such file or directory"},
  };
  for (const auto& [line, message] : kCases) {
    SCOPED_TRACE(line);
    EXPECT_EQ(Error(line), message);
  }
}

TEST_F(CommandLineTest, RejectsEmptyId) {
  const auto invocation = ParseArguments({"get", ""});
  EXPECT_EQ(invocation.status().message(), "get: ID is required");
}

TEST_F(CommandLineTest, ReadsTokenOnlyFromFileOrOwnVariable) {
  environment_["WRIFTAI_ACCESS_TOKEN"] = "gateway-token";
  EXPECT_TRUE(Parse("get i")->connection.token.empty());
  environment_["WRIFTCTL_TOKEN"] = "from-variable";
  EXPECT_EQ(Parse("get i")->connection.token.Reveal(), "from-variable");
  const std::string path = Write("token", "from-file\n");
  EXPECT_EQ(Parse("get i --token_file " + path)->connection.token.Reveal(),
            "from-file");
}

TEST_F(CommandLineTest, RejectsTokenWithControlCharactersWithoutQuotingIt) {
  environment_["WRIFTCTL_TOKEN"] = "abc\ndef";
  EXPECT_EQ(Error("get i"),
            "WRIFTCTL_TOKEN: expected a token of printable ASCII without "
            "spaces");
}

TEST_F(CommandLineTest, FlagsOverrideEnvironment) {
  environment_["WRIFTCTL_ADDRESS"] = "gateway:1";
  EXPECT_EQ(Parse("get i")->connection.address, "gateway:1");
  EXPECT_EQ(Parse("get i --address b:2")->connection.address, "b:2");
  environment_["WRIFTCTL_JSON"] = "perhaps";
  EXPECT_EQ(Error("get i"), "get: WRIFTCTL_JSON: expected true or false");
}

TEST_F(CommandLineTest, AddsDefaultPortToAddress) {
  EXPECT_EQ(Parse("get i")->connection.address, "localhost:50051");
  EXPECT_EQ(Parse("get i --address gateway")->connection.address,
            "gateway:50051");
}

TEST_F(CommandLineTest, EnablesTlsWithCaFile) {
  EXPECT_FALSE(Parse("get i")->connection.tls);
  EXPECT_TRUE(Parse("get i --tls")->connection.tls);
  const auto invocation = Parse("get i --ca_file " + Write("ca", "PEM"));
  EXPECT_TRUE(invocation->connection.tls);
  EXPECT_EQ(invocation->connection.ca, "PEM");
}

TEST_F(CommandLineTest, EnablesTlsWithServerName) {
  const auto invocation = Parse("get i --server_name gateway.test");
  ASSERT_TRUE(invocation.ok());
  EXPECT_TRUE(invocation->connection.tls);
  EXPECT_EQ(invocation->connection.server_name, "gateway.test");
}

TEST_F(CommandLineTest, AcceptsHelpAndVersionAlone) {
  EXPECT_THAT(Command<HelpCommand>("--help").text, HasSubstr("cancel ID"));
  EXPECT_THAT(Command<HelpCommand>("-h").text, HasSubstr("--address"));
  EXPECT_THAT(Command<HelpCommand>("create --help").text,
              HasSubstr("--webhook_secret_file"));
  Command<VersionCommand>("--version");
}

}  // namespace
}  // namespace wriftai::client
