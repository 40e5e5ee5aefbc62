#include "service/config.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/parse_config.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ConfigTest, HasDocumentedDefaults) {
  const auto line = Parse({});
  ASSERT_THAT(line, IsOk());
  const Config& config = line->config;
  EXPECT_EQ(config.server.listen_address, "0.0.0.0:50051");
  EXPECT_EQ(config.http_address, "127.0.0.1:20051");
  EXPECT_EQ(config.upstream.base_url, "https://api.wrift.ai/v1");
  EXPECT_EQ(config.credentials, CredentialPolicy::kCallerThenGateway);
  EXPECT_EQ(config.max_wait, absl::Hours(2));
  EXPECT_TRUE(config.access_token.empty());
  EXPECT_FALSE(config.sandbox);
}

TEST(ConfigTest, LogsTextFromInfoByDefault) {
  const LogOptions log = Parse({})->config.log;
  EXPECT_EQ(log.format, LogFormat::kText);
  EXPECT_EQ(log.level, spdlog::level::info);
  const LogOptions other =
      Parse({"--log_format=json", "--log_level=warning"})->config.log;
  EXPECT_EQ(other.format, LogFormat::kJson);
  EXPECT_EQ(other.level, spdlog::level::warn);
  EXPECT_EQ(Parse({"--log_level=debug"})->config.log.level,
            spdlog::level::debug);
  EXPECT_EQ(Parse({"--log_level=error"})->config.log.level, spdlog::level::err);
  EXPECT_THAT(Parse({"--log_format=xml"}).status().message(),
              HasSubstr("--log_format"));
  EXPECT_THAT(Parse({"--log_level=loud"}).status().message(),
              HasSubstr("expected debug, info, warning or error"));
}

TEST(ConfigTest, FlagOverridesVariable) {
  EXPECT_EQ(Parse({}, {{"GATEWAY_MAX_WAIT", "5m"}})->config.max_wait,
            absl::Minutes(5));
  EXPECT_EQ(
      Parse({"--max_wait=7m"}, {{"GATEWAY_MAX_WAIT", "5m"}})->config.max_wait,
      absl::Minutes(7));
}

TEST(ConfigTest, AcceptsVariablesOfOfficialClients) {
  const auto line = Parse({}, {{"WRIFTAI_API_BASE_URL", "http://x/v1/"},
                               {"WRIFTAI_ACCESS_TOKEN", "abc"}});
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->config.upstream.base_url, "http://x/v1");
  EXPECT_EQ(line->config.access_token.Reveal(), "abc");
  const auto file = Parse({}, {{"WRIFTAI_ACCESS_TOKEN_FILE", "/run/token"}});
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->config.access_token_file, "/run/token");
}

TEST(ConfigTest, AcceptsEmptyHttpAddress) {
  const auto line = Parse({"--http_address="});
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->config.http_address, "");
}

TEST(ConfigTest, TreatsEmptyVariableAsUnset) {
  EXPECT_THAT(Parse({}, {{"GATEWAY_MAX_WAIT", ""},
                         {"WRIFTAI_API_BASE_URL", ""},
                         {"WRIFTAI_ACCESS_TOKEN", ""}}),
              IsOk());
}

TEST(ConfigTest, RejectsInvalidValueWithExpectation) {
  const std::pair<const char*, const char*> rows[] = {
      {"--max_wait=soon",
       "--max_wait: expected a duration from 1s to 168h, "
       "such as 1.5s"},
      {"--max_connections=0",
       "--max_connections: expected a whole number from 1 to 10000"},
      {"--budget_share=0", "--budget_share: expected a number from 0.01 to 1"},
      {"--budget_share=2", "--budget_share: expected a number from 0.01 to 1"},
      {"--sandbox=maybe", "--sandbox: expected true or false"},
      {"--credentials=none",
       "--credentials: expected caller, gateway or caller_then_gateway"},
      {"--create_path=x", "--create_path: expected predictions or models"},
      {"--api_base_url=ftp://x",
       "--api_base_url: expected an http or https URL without user, query and "
       "white space"},
      {"--bogus=1", "--bogus: unknown flag; see --help"},
      {"--listen_address", "--listen_address: requires a value"},
      {"--http_address=20051",
       "--http_address: expected HOST:PORT with a port from 0 to 65535, or "
       "an empty value"},
      {"--http_address=127.0.0.1:1,127.0.0.1:2",
       "--http_address: expected HOST:PORT with a port from 0 to 65535, or "
       "an empty value"},
      {"serve", "serve: unknown argument; see --help"},
  };
  for (const auto& [argument, message] : rows) {
    EXPECT_THAT(Parse({argument}),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  }
}

TEST(ConfigTest, NamesInvalidVariable) {
  EXPECT_THAT(
      Parse({}, {{"GATEWAY_MAX_CONNECTIONS", "many"}}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "GATEWAY_MAX_CONNECTIONS: expected a whole number from 1 "
               "to 10000"));
}

TEST(ConfigTest, ErrorDoesNotContainInvalidToken) {
  const auto line = Parse({}, {{"WRIFTAI_ACCESS_TOKEN", "s3cret with space"}});
  EXPECT_THAT(line, StatusIs(absl::StatusCode::kInvalidArgument,
                             "WRIFTAI_ACCESS_TOKEN: expected printable ASCII "
                             "without spaces"));
}

TEST(ConfigTest, RejectsTokenAsFlag) {
  const auto line = Parse({"--access_token=s3cret"});
  EXPECT_THAT(line, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(line.status().ToString(), Not(HasSubstr("s3cret")));
}

TEST(ConfigTest, HelpShowsFlagsWithDefaults) {
  const auto line = Parse({"--help"});
  ASSERT_THAT(line, IsOk());
  EXPECT_TRUE(line->help_requested);
  EXPECT_THAT(line->help, HasSubstr("--max_wait  (default: 2h)"));
  EXPECT_THAT(line->help,
              HasSubstr("--credentials  (default: caller_then_gateway)"));
}

absl::Status ParseError(const std::vector<std::string>& arguments,
                        const std::map<std::string, std::string>& environment) {
  std::vector<std::string> names;
  for (const auto& [name, value] : environment) names.push_back(name);
  return ParseCommandLine(
             arguments,
             [&](const char* name) -> const char* {
               const auto found = environment.find(name);
               return found == environment.end() ? nullptr
                                                 : found->second.c_str();
             },
             names)
      .status();
}

TEST(ConfigTest, RejectsMisspelledVariableWithSuggestion) {
  EXPECT_THAT(
      ParseError({}, {{"GATEWAY_LISTEN_ADRESS", "s3cret"}}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "GATEWAY_LISTEN_ADRESS: unknown variable; see --help. Did "
               "you mean GATEWAY_LISTEN_ADDRESS?"));
  EXPECT_THAT(ParseError({}, {{"PATH", "/bin"},
                              {"MY_ACCESS_TOKEN", "x"},
                              {"WRIFTAI_SOMETHING_ELSE", "x"},
                              {"GATEWAY_PORT_50051_TCP_ADDR", "10.0.0.1"}}),
              IsOk());
}

TEST(ConfigTest, RejectsConflictingSettings) {
  const std::pair<std::vector<std::string>, const char*> rows[] = {
      {{"--credentials=gateway"},
       "--credentials=gateway requires WRIFTAI_ACCESS_TOKEN or "
       "--access_token_file"},
      {{"--sandbox", "--api_base_url=https://h/v1"},
       "--sandbox and --api_base_url: expected one of them, as --sandbox runs "
       "without the API"},
      {{"--webhook_poll_interval=10s"},
       "--webhook_poll_interval requires --webhook_address"},
      {{"--listen_address=[::]:50051", "--health_address=0.0.0.0:50051"},
       "--listen_address and --health_address both are 0.0.0.0:50051: expected "
       "another port"},
  };
  for (const auto& [arguments, message] : rows) {
    EXPECT_THAT(Parse(arguments),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  }
  EXPECT_THAT(
      Parse({"--access_token_file=/f"}, {{"WRIFTAI_ACCESS_TOKEN", "t"}}),
      StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(
      Parse({"--listen_address=127.0.0.1:1", "--health_address=127.0.0.2:1"}),
      IsOk());
}

TEST(ConfigTest, RejectsMalformedValues) {
  ExpectRejected("--read_rate",
                 {"nan", "inf", "-inf", "-1", "0", "1e9", "", "3/s"});
  ExpectRejected("--max_wait", {"inf", "-inf", "nan", "9999999999999999999h",
                                "-1s", "60", "1 s", "", "0s"});
  ExpectRejected("--max_waits",
                 {"0", "-1", "1e3", "0x10", "99999999999999999999", "", "1.0"});
  ExpectRejected("--channelz", {"yes", "TRUE", "on", ""});
}

TEST(ConfigTest, RejectsUnusableUrls) {
  ExpectRejected(
      "--api_base_url",
      {"https://h:0/v1", "https://h:99999/v1", "https://h:x/v1",
       "https://:443/v1", "https://[::1/v1", "https://::1/v1",
       "https://[1.2.3.4]/v1", "https://1.2.3/v1", "https://h/v1#a",
       "https://h/v1?a", "https://h\\v1", "HTTPS//h", "https://a b/v1",
       "https://u@h/v1", "https://u:p@h/v1", "https://h/\x7f", "//h/v1", ""});
  ExpectRejected(
      "--webhook_public_url",
      {"https://u:p@h/webhooks/wriftai", "https://h:0/webhooks/wriftai",
       "https://h/webhooks/wriftai#x", "https://h/webhooks/wriftai/",
       "https:///webhooks/wriftai", "webhooks/wriftai"});
  for (const char* url : {"https://[::1]/v1", "http://h:1",
                          "https://a_b.c:8/v1", "http://127.0.0.1:1/v1/"}) {
    EXPECT_THAT(Parse({std::string("--api_base_url=") + url}), IsOk()) << url;
  }
}

TEST(ConfigTest, AcceptsIpv4AndIpv6ListenAddresses) {
  const std::vector<std::string> flags = {"--listen_address",
                                          "--health_address", "--http_address",
                                          "--webhook_address"};
  for (const std::string& flag : flags) {
    ExpectRejected(flag,
                   {"::1:0", "[::1:0", "[::1]", "[1.2.3.4]:0", "1.2.3.999:0",
                    "1.2.3:0", "unix:/tmp/x:0", "dns:///h:0", "a b:0", "*:0",
                    "h/x:0", "127.0.0.1:0x50", "127.0.0.1:1,127.0.0.1:2"});
    for (const char* address : {"[::]:0", "[::1]:0", "[fe80::1%eth0]:0",
                                "0.0.0.0:0", "localhost:0", "a-b.c_d:65535"}) {
      EXPECT_THAT(
          Parse({"--webhook_allow_unsigned", "--webhook_address=127.0.0.1:0",
                 flag + "=" + address}),
          IsOk())
          << flag << "=" << address;
    }
  }
}

TEST(ConfigTest, WarnsAboutLikelyMistakes) {
  EXPECT_TRUE(Parse({})->warnings.empty());
  EXPECT_EQ(Parse({"--max_connection_age_grace=1m59s"})->warnings.size(), 1);
  EXPECT_TRUE(Parse({"--max_connection_age_grace=2m"})->warnings.empty());
  EXPECT_EQ(Parse({"--max_wait=1h", "--max_wait=2h"})->warnings.size(), 1);
  EXPECT_TRUE(Parse({"--max_wait=1h", "--max_wait=1h"})->warnings.empty());
  EXPECT_EQ(Parse({"--api_base_url=http://h/v1"})->warnings.size(), 1);
  EXPECT_TRUE(Parse({"--api_base_url=http://[::1]:1/v1"})->warnings.empty());
}

TEST(ConfigTest, SettingsShowEveryFlagAndHideToken) {
  // Whatever the setting, its value is shown in the form that flags take.
  const std::vector<std::string> given = {
      "--listen_address=127.0.0.1:1",
      "--health_address=127.0.0.1:2",
      "--http_address=",
      "--tls_cert_file=cert",
      "--tls_key_file=key",
      "--tls_client_ca_file=ca",
      "--tls_allowed_names=a.example.com,spiffe://cluster.local/ns/*/sa/caller",
      "--credentials=gateway",
      "--api_base_url=https://example.com/v2",
      "--create_path=models",
      "--webhook_address=127.0.0.1:3",
      "--webhook_public_url=https://example.com/webhooks/wriftai",
      "--webhook_secret_file=keys",
      "--etcd_endpoints=http://127.0.0.1:4,http://127.0.0.1:5",
      "--cluster_name=cluster",
      "--peer_address=127.0.0.1:6",
      "--peer_advertise=127.0.0.1:7",
      "--webhook_advertise=127.0.0.1:8",
      "--coordination_outage=pause",
      "--log_format=json",
      "--log_level=warning",
      "--max_wait=1h",
      "--max_waits=9"};
  const auto line = Parse(given, {{"WRIFTAI_ACCESS_TOKEN", "marker"}});
  ASSERT_THAT(line, IsOk());
  std::vector<std::string> shown;
  for (const Setting& setting : line->settings) {
    EXPECT_THAT(setting.value, Not(HasSubstr("marker")));
    if (setting.source != "command line") continue;
    EXPECT_FALSE(setting.is_default) << setting.name;
    shown.push_back(setting.name + "=" + setting.value);
  }
  EXPECT_THAT(shown, testing::UnorderedElementsAreArray(given));
  EXPECT_EQ(line->settings.back().name, "WRIFTAI_ACCESS_TOKEN");
  EXPECT_EQ(line->settings.back().value, "[redacted]");
}

}  // namespace
}  // namespace wriftai
