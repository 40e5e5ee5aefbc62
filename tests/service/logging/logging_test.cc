#include "service/logging/logging.h"

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/logging/log_fields.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/json_parts.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

// Everything that could end a line, a field, a string or a decoder.
std::string AllBytes() {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) {
    text.push_back(static_cast<char>(byte));
  }
  return text;
}

// The line that a logger named `logger_name` writes for `message`.
std::string Line(LogFormat format, const char* logger_name,
                 const std::string& message) {
  std::ostringstream out;
  spdlog::logger logger(logger_name,
                        std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  logger.set_formatter(MakeLogFormatter(format));
  logger.info(message);
  return out.str();
}

TEST(LoggingTest, WritesSentenceAsOneTextLine) {
  EXPECT_THAT(
      Line(LogFormat::kText, "any", "signal 15: draining"),
      MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\."
                   "[0-9]{3}Z info signal 15: draining\n"));
  EXPECT_THAT(Line(LogFormat::kText, "any", "a\nb\x1b[31m\tc"),
              MatchesRegex(".* info a b \\[31m c\n"));
}

TEST(LoggingTest, WritesSentenceAsOneJsonObject) {
  EXPECT_THAT(Line(LogFormat::kJson, "any", "cannot read \"x\"\n"),
              MatchesRegex("\\{\"time\":\"[^\"]*Z\",\"level\":\"info\","
                           "\"message\":\"cannot read \\\\\"x\\\\\" \"\\}\n"));
}

TEST(LoggingTest, WritesValidJsonForAnyBytes) {
  LogFields fields(LogFormat::kJson, AllBytes());
  fields.Add("text", AllBytes());
  fields.Add("list", std::vector<std::string>{AllBytes(), "é", ""});
  fields.Add("number", int64_t{-1});
  fields.Add("seconds", absl::Milliseconds(1500));
  fields.AddIfAny("nothing", "");
  for (const std::string& line :
       {Line(LogFormat::kJson, kFieldsLogger, fields.text()),
        Line(LogFormat::kJson, "any", AllBytes())}) {
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_THAT(ParseJsonObject(line), IsOk()) << line;
  }
}

TEST(LoggingTest, BoundsLineLength) {
  const std::string megabyte(1 << 20, '\x01');
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    LogFields fields(format, megabyte);
    fields.Add("text", megabyte);
    fields.Add("list", std::vector<std::string>(100, std::string(4096, 1)));
    EXPECT_LT(Line(format, kFieldsLogger, fields.text()).size(), 150'000u);
    EXPECT_LT(Line(format, "any", megabyte).size(), 10'000u);
  }
}

TEST(LoggingTest, QuotesTextFieldsThatNeedIt) {
  LogFields fields(LogFormat::kText, "message");
  fields.Add("all", AllBytes());
  fields.Add("plain", "a/b:2");
  fields.Add("words", "a b=c");
  fields.Add("quote", "\"");
  fields.Add("empty", "");
  fields.Add("list", std::vector<std::string>{"a", "b"});
  fields.Add("seconds", absl::Microseconds(1500));
  const std::string line = Line(LogFormat::kText, kFieldsLogger, fields.text());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_THAT(line,
              testing::EndsWith(" plain=a/b:2 words=\"a b=c\" quote=\"\\\"\" "
                                "empty=\"\" list=a,b seconds=0.001500\n"));
}

TEST(LoggingTest, TruncatesLongValues) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    LogFields fields(format, "message");
    fields.Add("long", std::string(1 << 20, 'x'));
    fields.Add("list", std::vector<std::string>{std::string(1 << 20, 'y')});
    EXPECT_LT(fields.text().size(), 1200u);
  }
}

TEST(LoggingTest, ReplacesMisleadingCharacters) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    LogFields fields(format, "message");
    fields.Add("model", "a\xe2\x80\xae\xc2\x9b\xe2\x80\xa8\xc2\x85z");
    fields.Add("list", std::vector<std::string>{"\xff\xe2\x80\xae"});
    EXPECT_THAT(fields.text(), testing::HasSubstr("\"a?   z\""));
    EXPECT_THAT(fields.text(), testing::HasSubstr("??"));
  }
}

TEST(LoggingTest, OmitsLinesOfTooManyLevelChanges) {
  const auto default_logger = spdlog::default_logger();
  testing::internal::CaptureStderr();
  Logging logging{LogOptions()};
  absl::Time now = absl::UnixEpoch();
  const auto change = [&] {
    logging.SetLevel(logging.level() == spdlog::level::info
                         ? spdlog::level::debug
                         : spdlog::level::info,
                     now);
  };
  for (int i = 0; i < LineThrottle::kBurst + 7; ++i) change();
  now += LineThrottle::kInterval;
  change();
  EXPECT_TRUE(logging.Finish(absl::Minutes(1)));
  spdlog::set_default_logger(default_logger);
  const std::vector<std::string> lines = absl::StrSplit(
      testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty());
  ASSERT_THAT(lines, SizeIs(LineThrottle::kBurst + 1));
  EXPECT_THAT(lines.front(),
              EndsWith(" warning the log level is now debug, after info"));
  EXPECT_THAT(lines.back(), EndsWith(" the log level is now info, after debug; "
                                     "7 changes before were not logged"));
}

TEST(LoggingTest, HasNameForEachLevel) {
  for (const char* const name : {"debug", "info", "warning", "error"}) {
    const auto level = LogLevelFrom(name);
    ASSERT_THAT(level, IsOk());
    EXPECT_EQ(LogLevelName(*level), name);
  }
  for (const char* const name :
       {"", "warn", "Debug", "trace", "off", "debug "}) {
    EXPECT_THAT(LogLevelFrom(name),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "expected debug, info, warning or error"))
        << name;
  }
}

TEST(LoggingTest, LevelChangesForAllLoggersWhileRunning) {
  const auto before = spdlog::default_logger();
  Logging logging(LogOptions{});
  logging.SetLevel(spdlog::level::err, absl::UnixEpoch());
  EXPECT_EQ(logging.level(), spdlog::level::err);
  EXPECT_FALSE(logging.fields_logger()->should_log(spdlog::level::warn));
  EXPECT_FALSE(spdlog::should_log(spdlog::level::warn));
  logging.SetLevel(spdlog::level::debug, absl::UnixEpoch());
  EXPECT_TRUE(logging.fields_logger()->should_log(spdlog::level::debug));
  EXPECT_TRUE(spdlog::should_log(spdlog::level::debug));
  spdlog::set_default_logger(before);
  EXPECT_TRUE(logging.Finish(absl::Minutes(1)));
}

}  // namespace
}  // namespace wriftai
