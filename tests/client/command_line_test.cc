#include "client/arguments/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace wriftai::client {
namespace {

using ::testing::HasSubstr;

constexpr char kUuid[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

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

  // Parses `line`, split at spaces. In it, % stands for kUuid.
  absl::StatusOr<Invocation> Parse(const std::string& line) {
    return ParseArguments(absl::StrSplit(
        absl::StrReplaceAll(line, {{"%", kUuid}}), ' ', absl::SkipEmpty()));
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
      secret + " --validate_input --server_wait 10s --request_id %");
  EXPECT_EQ(command.request.ShortDebugString(),
            "model: \"a/b:2\" input_json: \"{\\\"x\\\":1}\" "
            "webhook { url: \"https://x.test/h\" } validate_input: true "
            "server_wait { seconds: 10 } request_id: "
            "\"c12258c4-ed83-4d7b-a784-8ed55412325a\" "
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
      "create a/b --input={} --validate-input --server-wait=5s --no-wait");
  EXPECT_TRUE(command.request.validate_input());
  EXPECT_EQ(command.request.server_wait().seconds(), 5);
  EXPECT_FALSE(command.wait);
}

TEST_F(CommandLineTest, KeepsValuesThatLookLikeFlags) {
  EXPECT_EQ(
      Command<ListCommand>("list --page-token --a-b=c-d").request.page_token(),
      "--a-b=c-d");
}

TEST_F(CommandLineTest, AcceptsFlagsInAnyPosition) {
  for (const char* const line :
       {"--json --timeout 5s get %", "get --json % --timeout 5s",
        "get % --timeout=5s --json", "--timeout 5s get --json -- %"}) {
    SCOPED_TRACE(line);
    const auto invocation = Parse(line);
    ASSERT_TRUE(invocation.ok()) << invocation.status();
    EXPECT_TRUE(invocation->output.json());
    EXPECT_EQ(invocation->timeout, absl::Seconds(5));
    EXPECT_EQ(std::get<GetCommand>(invocation->command).request.id(), kUuid);
  }
}

TEST_F(CommandLineTest, BuildsRequestsOfOtherCommands) {
  EXPECT_EQ(
      Command<WaitCommand>("wait % --only-changes").request.ShortDebugString(),
      "id: \"c12258c4-ed83-4d7b-a784-8ed55412325a\" wait_options { "
      "only_changes: true } "
      "payload_format: PAYLOAD_FORMAT_JSON");
  EXPECT_EQ(Command<CancelCommand>("cancel %").request.id(), kUuid);
  EXPECT_EQ(Command<GetCommand>("get % --payload_format value")
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
       "expected a command: create, get, list, wait, cancel, health, "
       "completion, help or version; see --help"},
      {"remove x",
       "remove: unknown command; expected create, get, list, wait, cancel, "
       "health, completion, help or version"},
      {"creat a/b", "creat: unknown command; see --help. Did you mean create?"},
      {"help creat",
       "help: creat: expected create, get, list, wait, cancel, health, "
       "completion, help or version. Did you mean create?"},
      {"completion tcsh", "completion: tcsh: expected bash, zsh or fish"},
      {"completion", "completion: SHELL is required"},
      {"get 42",
       "ID: expected a UUID such as c12258c4-ed83-4d7b-a784-8ed55412325a"},
      {"create a/b --input {} --request_id 7",
       "--request_id: expected a UUID such as "
       "c12258c4-ed83-4d7b-a784-8ed55412325a"},
      {"create a/b --input {} x=1",
       "create: expected either --input or KEY=VALUE, not both"},
      {"create a/b --input {\"a\":}",
       "--input: not valid JSON at byte 5: expected a value"},
      {"get % --output yaml", "--output: expected text, json, id or raw"},
      {"list -o raw", "list: --output: expected text, json or id"},
      {"health -o id", "health: --output: expected text or json"},
      {"get % --json -o id",
       "--json and --output differ: set only one of them"},
      {"get % --color blue", "--color: expected auto, always or never"},
      {"list --limit 0", "--limit: expected a whole number from 1 to 1000000"},
      {"list --retry_for x",
       "--retry_for: expected a duration from 0 to 168h, such as 10s"},
      {"list --address https://gateway.test",
       "--address: expected host:port without https://; use --tls for TLS"},
      {"list --vresion",
       "--vresion: unknown flag; see --help. Did you mean "
       "--version?"},
      {"health x", "health: unexpected argument: x"},
      {"health --service \xff", "health: arguments must be UTF-8"},
      {"get", "get: ID is required"},
      {"get ", "get: ID is required"},
      {"get a b", "get: unexpected argument: b"},
      {"list a", "list: unexpected argument: a"},
      {"create --input {}", "create: MODEL is required"},
      {"create a/b",
       "create: --input or KEY=VALUE is required; see create --help"},
      {"create a/b --input @/nowhere/x",
       "--input: cannot open /nowhere/x: No such file or directory"},
      {"create a/b --input @/", "--input: cannot read /: Is a directory"},
      {"create a/b k=v --poll_interval 1s", "--poll_interval requires --wait"},
      {"create a/b k=v --only_changes", "--only_changes requires --wait"},
      {"list --all --limit 3",
       "list: expected either --all or --limit, not both"},
      {"create a/b --input @" + not_utf8,
       "--input: expected UTF-8; encode a binary file, such as with base64"},
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
      {"wait % --poll_interval 99ms",
       "--poll_interval: expected a duration from 100ms to 1h, such as 10s"},
      {"wait % --poll_interval 1",
       "--poll_interval: expected a duration from 100ms to 1h, such as 10s"},
      {"get % --timeout 0s",
       "--timeout: expected a duration from 1ms to 168h, such as 10s"},
      {"list --page_size 51",
       "--page_size: expected a whole number from 1 to 50"},
      {"get % --page_size 5",
       "--page_size is a flag of list; see wriftctl get --help"},
      {"get % --bogus", "--bogus: unknown flag; see --help"},
      {"get -x", "-x: unknown flag; see --help"},
      {"get % --json=maybe", "--json: expected true or false"},
      {"get % --payload_format xml",
       "--payload_format: expected json or value"},
      {"get % --cert_file x", "--cert_file requires --key_file"},
      {"get % --key_file x", "--key_file requires --cert_file"},
      {"get % --address=", "--address: expected host:port"},
      {"get % --token_file /nowhere/x",
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
  EXPECT_TRUE(Parse("get %")->connection.token.empty());
  environment_["WRIFTCTL_TOKEN"] = "from-variable";
  EXPECT_EQ(Parse("get %")->connection.token.Reveal(), "from-variable");
  const std::string path = Write("token", "from-file\n");
  EXPECT_EQ(Parse("get % --token_file " + path)->connection.token.Reveal(),
            "from-file");
}

TEST_F(CommandLineTest, RejectsTokenWithControlCharactersWithoutQuotingIt) {
  environment_["WRIFTCTL_TOKEN"] = "abc\ndef";
  EXPECT_EQ(Error("get %"),
            "WRIFTCTL_TOKEN: expected a token of printable ASCII without "
            "spaces");
}

TEST_F(CommandLineTest, FlagsOverrideEnvironment) {
  environment_["WRIFTCTL_ADDRESS"] = "gateway:1";
  EXPECT_EQ(Parse("get %")->connection.address, "gateway:1");
  EXPECT_EQ(Parse("get % --address b:2")->connection.address, "b:2");
  environment_["WRIFTCTL_JSON"] = "perhaps";
  EXPECT_EQ(Error("get %"), "WRIFTCTL_JSON: expected true or false");
}

TEST_F(CommandLineTest, AddsDefaultPortToAddress) {
  EXPECT_EQ(Parse("get %")->connection.address, "localhost:50051");
  EXPECT_EQ(Parse("get % --address gateway")->connection.address,
            "gateway:50051");
}

constexpr char kPem[] =
    "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";

TEST_F(CommandLineTest, RejectsFilesThatAreNotPem) {
  const std::string path = Write("not_pem", "root:x:0:0");
  EXPECT_EQ(Error("list --ca_file " + path),
            "--ca_file: " + path + ": expected PEM with a certificate");
  EXPECT_EQ(
      Error("list --cert_file " + Write("cert", kPem) + " --key_file " + path),
      "--key_file: " + path + ": expected PEM with a private key");
}

TEST_F(CommandLineTest, EnablesTlsWithCaFile) {
  EXPECT_FALSE(Parse("get %")->connection.tls);
  EXPECT_TRUE(Parse("get % --tls")->connection.tls);
  const auto invocation = Parse("get % --ca_file " + Write("ca", kPem));
  EXPECT_TRUE(invocation->connection.tls);
  EXPECT_EQ(invocation->connection.ca, kPem);
}

TEST_F(CommandLineTest, EnablesTlsWithServerName) {
  const auto invocation = Parse("get % --server_name gateway.test");
  ASSERT_TRUE(invocation.ok());
  EXPECT_TRUE(invocation->connection.tls);
  EXPECT_EQ(invocation->connection.server_name, "gateway.test");
}

TEST_F(CommandLineTest, ChoosesOutput) {
  EXPECT_EQ(Parse("get %")->output.format, OutputFormat::kText);
  EXPECT_EQ(Parse("get % -o json")->output.format, OutputFormat::kJson);
  EXPECT_EQ(Parse("get % -oraw")->output.format, OutputFormat::kRaw);
  EXPECT_EQ(Parse("get % --json")->output.format, OutputFormat::kJson);
  const auto invocation = Parse("get % -qo id -O out --color=never");
  EXPECT_EQ(invocation->output.format, OutputFormat::kId);
  EXPECT_TRUE(invocation->output.quiet);
  EXPECT_EQ(invocation->output.file, "out");
  EXPECT_EQ(invocation->output.color, ColorMode::kNever);
}

TEST_F(CommandLineTest, ReadsProfileThenVariablesThenFlags) {
  environment_["WRIFTCTL_CONFIG"] =
      Write("config",
            "[default]\naddress = a:1\noutput = raw\n"
            "timeout = 1s\ncolor = never\n");
  environment_["WRIFTCTL_TIMEOUT"] = "2s";
  const auto invocation = Parse("get % --color always");
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->connection.address, "a:1");
  EXPECT_EQ(invocation->output.format, OutputFormat::kRaw);
  EXPECT_EQ(invocation->timeout, absl::Seconds(2));
  EXPECT_EQ(invocation->output.color, ColorMode::kAlways);
  EXPECT_EQ(Parse("get % --json")->output.format, OutputFormat::kJson);
  EXPECT_EQ(Parse("list")->output.format, OutputFormat::kText);
}

TEST_F(CommandLineTest, MakesInputOfFields) {
  EXPECT_EQ(Command<CreateCommand>("create a/b x=1 y:=1 --wait z:=[2]")
                .request.input_json(),
            R"({"x":"1","y":1,"z":[2]})");
}

TEST_F(CommandLineTest, ReadsInputFromDash) {
  standard_input_.str("[1.0]");
  EXPECT_EQ(Command<CreateCommand>("create a/b --input -").request.input_json(),
            "[1.0]");
}

TEST_F(CommandLineTest, AcceptsLimitAndRetries) {
  EXPECT_EQ(Command<ListCommand>("list --limit 120").limit, 120);
  EXPECT_EQ(Parse("list --retry_for 1m")->retry_for, absl::Minutes(1));
  EXPECT_EQ(Parse("list --retry_for 0")->retry_for, absl::ZeroDuration());
}

TEST_F(CommandLineTest, AcceptsHelpAndVersionInEachForm) {
  EXPECT_THAT(Command<TextCommand>("--help").text, HasSubstr("cancel ID"));
  EXPECT_THAT(Command<TextCommand>("-h").text, HasSubstr("--address"));
  EXPECT_THAT(Command<TextCommand>("help").text, HasSubstr("--address"));
  const std::string create = Command<TextCommand>("create --help").text;
  EXPECT_THAT(create, HasSubstr("--webhook_secret_file"));
  EXPECT_EQ(Command<TextCommand>("help create").text, create);
  Command<VersionCommand>("--version");
  Command<VersionCommand>("version");
  EXPECT_THAT(Command<TextCommand>("completion bash").text,
              HasSubstr("complete -F _wriftctl wriftctl"));
}

}  // namespace
}  // namespace wriftai::client
