// Members of a prediction that cannot be passed on exactly: each is named in
// `inexact_fields`, and fails nothing else.

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/json/prediction_body.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_text.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// An invalid optional field is named and does not affect other fields.
void ExpectInexact(const std::string& member, const std::string& name,
                   const std::string& textproto = "") {
  const v1::Prediction read = ReadPrediction(BodyWith(member));
  v1::Prediction expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat(R"(id: "c12258c4-ed83-4d7b-a784-8ed55412325a"
                      status: PREDICTION_STATUS_PENDING status_text: "pending" )",
                   textproto, " inexact_fields: \"", name, "\""),
      &expected));
  EXPECT_TRUE(MessageDifferencer::Equals(read, expected))
      << member.substr(0, 200) << "\n"
      << read.ShortDebugString().substr(0, 1000);
}

TEST(InexactFieldsTest, OmitsOptionalFieldOfWrongTypeOrFormat) {
  const std::string long_text = "\"" + std::string(100000, 'x') + "\"";
  ExpectInexact(R"("created_at":5)", "created_at");
  ExpectInexact(R"("created_at":"now")", "created_at");
  ExpectInexact(R"("created_at":"2025-08-13T11:48:44.371093")", "created_at");
  ExpectInexact(R"("created_at":"2025-08-13T11:48:44\ud83d")", "created_at");
  ExpectInexact(R"("updated_at":{})", "updated_at");
  ExpectInexact(R"("updated_at":)" + long_text, "updated_at");
  ExpectInexact(R"("setup_time":true)", "setup_time");
  ExpectInexact(R"("setup_time":)" + long_text, "setup_time");
  ExpectInexact(R"("setup_time":1)" + std::string(100000, '0'), "setup_time");
  ExpectInexact(R"("execution_time":[1])", "execution_time");
  ExpectInexact(R"("url":1)", "url");
  ExpectInexact(R"("url":)" + long_text, "url");
  ExpectInexact(R"("logs":"a")", "logs");
  ExpectInexact(R"("logs":["a",1])", "logs");
  ExpectInexact(R"("setup_logs":[null])", "setup_logs");
  ExpectInexact(R"("model":"o/n")", "model");
  ExpectInexact(R"("model":{"owner":1})", "model.owner", "model {}");
  ExpectInexact(R"("model":{"owner":"o","name":false})", "model.name",
                R"(model { owner: "o" })");
  ExpectInexact(R"("model":{"name":)" + long_text + "}", "model.name",
                "model {}");
  for (const char* const version : {"1.5", "\"1\"", "9223372036854775808"}) {
    ExpectInexact(absl::StrCat(R"("model":{"version_number":)", version, "}"),
                  "model.version_number", "model {}");
  }
  ExpectInexact(R"("error":5)", "error");
  ExpectInexact(R"("error":[])", "error");
  ExpectInexact(R"("error":{"source":1})", "error.source", "error {}");
  ExpectInexact(R"("error":{"message":{}})", "error.message", "error {}");
}

TEST(InexactFieldsTest, ReplacesInvalidUnicodeInText) {
  ExpectInexact(R"("logs":["a\ud83d","\n\u001b[1m"])", "logs",
                R"(logs { lines: "a\357\277\275" lines: "\n\033[1m" })");
  ExpectInexact("\"setup_logs\":[\"\xff\"]", "setup_logs",
                R"(setup_logs { lines: "\357\277\275" })");
  ExpectInexact(R"("error":"\ud83d")", "error",
                R"(error { message: "\357\277\275" })");
  ExpectInexact(R"("error":{"message":"a\udc00\n"})", "error.message",
                R"(error { message: "a\357\277\275\n" })");
  ExpectInexact(R"("error":{"source":"\u0000"})", "error.source",
                R"(error { source: "\357\277\275" })");
  ExpectInexact(R"("model":{"owner":"\ud83d"})", "model.owner",
                R"(model { owner: "\357\277\275" })");
  ExpectInexact(R"("url":"x\u2028")", "url", R"(url: "x\357\277\275")");
}

TEST(InexactFieldsTest, TruncatesLongMessageBetweenCharacters) {
  const std::string start(kMaxErrorMessageBytes - 1, 'x');
  ExpectInexact(R"("error":{"message":")" + start + "\u00e9\"}",
                "error.message", "error { message: \"" + start + "\" }");
}

TEST(InexactFieldsTest, KeepsLastLinesOfLongLog) {
  std::string many = "\"first\"";
  for (size_t i = 0; i < kMaxLogLines; ++i) many += ",\"x\"";
  const v1::Prediction by_count =
      ReadPrediction(BodyWith("\"logs\":[" + many + "]"));
  EXPECT_EQ(by_count.logs().lines_size(), static_cast<int>(kMaxLogLines));
  EXPECT_EQ(by_count.logs().lines(0), "x");
  EXPECT_THAT(by_count.inexact_fields(), ElementsAre("logs"));

  const std::string large(kMaxLogBytes - 1, 'x');
  const v1::Prediction by_size = ReadPrediction(
      BodyWith(R"("logs":["first","second",")" + large + R"(","!"])"));
  EXPECT_THAT(by_size.logs().lines(), ElementsAre(large, "!"));
  EXPECT_THAT(by_size.inexact_fields(), ElementsAre("logs"));
}

TEST(InexactFieldsTest, OmitsInvalidPayload) {
  ExpectInexact("\"output\":\"\xff\"", "output");
  ExpectInexact("\"input\":{\"\xed\xa0\xbd\":1}", "input");
  ExpectInexact("\"error\":{\"detail\":[\"\xc3\"]}", "error.detail",
                "error {}");
  ExpectInexact("\"output\":" + Nested(1001), "output");
}

TEST(InexactFieldsTest, AcceptsPayloadsOf1000Levels) {
  for (const char* const format :
       {R"("output":$0)", R"("input":$0)", R"("error":{"detail":$0})"}) {
    const auto read = [&](size_t depth) {
      return ReadPrediction(BodyWith(absl::Substitute(format, Nested(depth))));
    };
    EXPECT_THAT(read(1000).inexact_fields(), IsEmpty()) << format;
    EXPECT_THAT(read(1001).inexact_fields(), SizeIs(1)) << format;
  }
  EXPECT_THAT(ParseJson(Nested(1000)), IsOk());
  EXPECT_THAT(ParseJson(Nested(1001)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(InexactFieldsTest, ReplacesLoneSurrogateInStatus) {
  const v1::Prediction read =
      ReadPrediction(R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a",
               "status":"paused\ud83d\u202e"})");
  EXPECT_EQ(read.status(), v1::PREDICTION_STATUS_UNSPECIFIED);
  EXPECT_EQ(read.status_text(), "paused\uFFFD\uFFFD");
  EXPECT_THAT(read.inexact_fields(), ElementsAre("status"));
}

TEST(InexactFieldsTest, ReportsOnlyKnownFieldNames) {
  v1::Prediction odd = ReadPrediction(BodyWith(
      R"("model":{"owner":1,"name":2,"version_number":3.5},"created_at":1,
         "updated_at":2,"setup_time":[],"execution_time":{},"url":3,
         "logs":4,"setup_logs":5,
         "error":{"source":6,"message":7,"detail":")"
      "\xff"
      R"("},
         "input":")"
      "\xff"
      R"(","output":")"
      "\xff"
      R"(")"));
  EXPECT_THAT(odd.inexact_fields(), SizeIs(15));
  for (const std::string& name : odd.inexact_fields()) {
    EXPECT_THAT(kInexactFieldNames, Contains(absl::string_view(name)));
  }
}

}  // namespace
}  // namespace wriftai
