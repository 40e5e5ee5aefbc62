#include "upstream/json/prediction_json.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

constexpr char kFull[] = R"({
  "id": "c12258c4-ed83-4d7b-a784-8ed55412325a",
  "status": "failed",
  "created_at": "2025-08-13T11:48:44.371093Z",
  "updated_at": "2025-08-13T11:48:44.371103Z",
  "setup_time": "1.5s",
  "execution_time": "20s",
  "model": {"owner": "deepseek-ai", "name": "r1", "version_number": 3},
  "input": { "seed" : 9007199254740993, "a":1, "a":2 },
  "output": [ 1.0,  "\u00e9\/é" ],
  "error": {"source": "external", "message": "out of memory", "detail": [ 1 ]},
  "logs": ["one", "two\n"],
  "setup_logs": [],
  "url": "https://api.wrift.ai/v1/predictions/c1"
})";

// The smallest body, with `members` added.
std::string With(absl::string_view members) {
  return absl::StrCat(R"({"id":"p1","status":"pending")",
                      members.empty() ? "" : ",", members, "}");
}

v1::Prediction Read(absl::string_view json) {
  const auto prediction = PredictionFromJson(json);
  EXPECT_THAT(prediction, IsOk());
  return prediction.value_or(v1::Prediction());
}

TEST(PredictionFromJson, ReadsTheFullObject) {
  v1::Prediction expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(id: "c12258c4-ed83-4d7b-a784-8ed55412325a"
         status: STATUS_FAILED
         status_text: "failed"
         created_at { seconds: 1755085724 nanos: 371093000 }
         updated_at { seconds: 1755085724 nanos: 371103000 }
         setup_time: "1.5s"
         execution_time: "20s"
         model { owner: "deepseek-ai" name: "r1" version_number: 3 }
         input_json: '{ "seed" : 9007199254740993, "a":1, "a":2 }'
         output_json: '[ 1.0,  "\\u00e9\\/é" ]'
         error {
           source: "external" message: "out of memory" detail_json: '[ 1 ]'
         }
         logs { lines: "one" lines: "two\n" }
         setup_logs {}
         url: "https://api.wrift.ai/v1/predictions/c1")",
      &expected));
  const v1::Prediction read = Read(kFull);
  EXPECT_TRUE(MessageDifferencer::Equals(read, expected)) << read.DebugString();
}

TEST(PredictionFromJson, RefusesEveryTruncation) {
  const absl::string_view body(kFull);
  for (size_t size = 0; size < body.size(); ++size) {
    const std::string head(body.substr(0, size));
    ASSERT_THAT(PredictionFromJson(head), StatusIs(kInvalid)) << size;
  }
}

TEST(PredictionFromJson, TreatsNullAsAbsentButForPayloads) {
  const v1::Prediction absent = Read(With(""));
  const v1::Prediction null = Read(With(
      R"("created_at":null,"updated_at":null,"setup_time":null,"model":null,
         "execution_time":null,"error":null,"logs":null,"setup_logs":null,
         "url":null)"));
  EXPECT_TRUE(MessageDifferencer::Equals(absent, null)) << null.DebugString();
  EXPECT_FALSE(absent.has_model());
  EXPECT_FALSE(absent.has_logs());
  EXPECT_FALSE(absent.has_url());
}

TEST(PredictionFromJson, TellsANullPayloadFromAnAbsentOne) {
  const v1::Prediction absent = Read(With(R"("error":{})"));
  EXPECT_EQ(absent.input_payload_case(), v1::Prediction::INPUT_PAYLOAD_NOT_SET);
  EXPECT_EQ(absent.output_payload_case(),
            v1::Prediction::OUTPUT_PAYLOAD_NOT_SET);
  EXPECT_TRUE(absent.has_error());
  EXPECT_EQ(absent.error().detail_payload_case(),
            v1::PredictionError::DETAIL_PAYLOAD_NOT_SET);
  const v1::Prediction null =
      Read(With(R"("input":null,"output" : null ,"error":{"detail":null})"));
  EXPECT_EQ(null.input_json(), "null");
  EXPECT_EQ(null.output_json(), "null");
  EXPECT_EQ(null.error().detail_json(), "null");
}

TEST(PredictionFromJson, KnowsEveryStatusAndKeepsItsWord) {
  const auto status = [](const std::string& word) {
    const v1::Prediction read =
        Read(absl::StrCat(R"({"id":"p1","status":")", word, R"("})"));
    EXPECT_EQ(read.status_text(), word);
    return read.status();
  };
  EXPECT_EQ(status("pending"), v1::STATUS_PENDING);
  EXPECT_EQ(status("started"), v1::STATUS_STARTED);
  EXPECT_EQ(status("succeeded"), v1::STATUS_SUCCEEDED);
  EXPECT_EQ(status("failed"), v1::STATUS_FAILED);
  EXPECT_EQ(status("canceled"), v1::STATUS_UNSPECIFIED);
  EXPECT_EQ(status("Pending"), v1::STATUS_UNSPECIFIED);
}

TEST(PredictionFromJson, IgnoresUnknownMembers) {
  const v1::Prediction read = Read(With(
      R"("metrics":{"a":[1e400]},"status_text":7,"model":{"owner":"o","x":{}})"));
  EXPECT_EQ(read.status_text(), "pending");
  EXPECT_EQ(read.model().owner(), "o");
  EXPECT_FALSE(read.model().has_version_number());
}

TEST(PredictionFromJson, LetsTheLastOfTwoMembersCount) {
  const v1::Prediction read = Read(
      R"({"id":1,"output":1,"status":"failed","id":"p2","output":[2],
          "\u0073tatus":"started"})");
  EXPECT_EQ(read.id(), "p2");
  EXPECT_EQ(read.output_json(), "[2]");
  EXPECT_EQ(read.status(), v1::STATUS_STARTED);
}

TEST(PredictionFromJson, IsLenientWhereTheShapeIsNotDocumented) {
  const v1::Prediction read = Read(
      With(R"("setup_time":1.50,"execution_time":20,"error":"out of memory")"));
  EXPECT_EQ(read.setup_time(), "1.50");
  EXPECT_EQ(read.execution_time(), "20");
  EXPECT_EQ(read.error().message(), "out of memory");
}

TEST(PredictionFromJson, KeepsLinesOfLogs) {
  const v1::Prediction read = Read(With(R"("logs":["a","","\u00e9"])"));
  EXPECT_THAT(read.logs().lines(), ElementsAre("a", "", "\xc3\xa9"));
  EXPECT_FALSE(read.has_setup_logs());
}

TEST(PredictionFromJson, ReadsALargeOutput) {
  const std::string output = "\"" + std::string(20 << 20, 'x') + "\"";
  EXPECT_EQ(Read(With("\"output\":" + output)).output_json(), output);
}

struct Refused {
  std::string json;
  std::string message;
};

void ExpectRefused(const std::vector<Refused>& cases) {
  for (const Refused& refused : cases) {
    EXPECT_THAT(PredictionFromJson(refused.json),
                StatusIs(kInvalid, refused.message));
  }
}

TEST(PredictionFromJson, RefusesOtherDocuments) {
  ExpectRefused(
      {{"", "not JSON: ends too soon at byte 0: "},
       {"<html>\n502</html>",
        "not JSON: no value where one must be at byte 0: "
        "<html> 502</html>"},
       {"[1]", "not a JSON object: [1]"},
       {"null", "not a JSON object: null"},
       {"{}", "id: wanted a string, got nothing"},
       {R"({"id":"p1"})", "status: wanted a string, got nothing"},
       {"{\"id\":\"\xff\"}",
        "not JSON: bad UTF-8 in a string at byte 7: {\"id\":\"?\"}"}});
}

TEST(PredictionFromJson, NamesTheMemberOfAWrongType) {
  ExpectRefused(
      {{R"({"id":null,"status":"x"})", "id: wanted a string, got null"},
       {R"({"id":"","status":"x"})",
        R"(id: wanted a string that is not empty, got "")"},
       {R"({"id":5,"status":"x"})", "id: wanted a string, got 5"},
       {R"({"id":"p1","status":[]})", "status: wanted a string, got []"},
       {With(R"("created_at":5)"), "created_at: wanted a string, got 5"},
       {With(R"("created_at":"now")"),
        R"(created_at: wanted an RFC 3339 time, got "now")"},
       {With(R"("updated_at":"2025-08-13T11:48:44")"),
        R"(updated_at: wanted an RFC 3339 time, )"
        R"(got "2025-08-13T11:48:44")"},
       {With(R"("updated_at":{})"), "updated_at: wanted a string, got {}"},
       {With(R"("setup_time":true)"), "setup_time: wanted a string, got true"},
       {With(R"("execution_time":[1])"),
        "execution_time: wanted a string, got [1]"},
       {With(R"("url":1)"), "url: wanted a string, got 1"},
       {With(R"("logs":"a")"), R"(logs: wanted an array of strings, got "a")"},
       {With(R"("logs":["a",1])"),
        R"(logs: wanted an array of strings, got ["a",1])"},
       {With(R"("setup_logs":[null])"),
        "setup_logs: wanted an array of strings, got [null]"}});
}

TEST(PredictionFromJson, NamesTheInnerMemberOfAWrongType) {
  ExpectRefused(
      {{With(R"("model":"o/n")"), R"(model: wanted an object, got "o/n")"},
       {With(R"("model":{"owner":1})"), "model.owner: wanted a string, got 1"},
       {With(R"("model":{"name":false})"),
        "model.name: wanted a string, got false"},
       {With(R"("model":{"version_number":1.5})"),
        "model.version_number: wanted a whole number, got 1.5"},
       {With(R"("model":{"version_number":"1"})"),
        R"(model.version_number: wanted a whole number, got "1")"},
       {With(R"("model":{"version_number":9223372036854775808})"),
        "model.version_number: wanted a whole number, "
        "got 9223372036854775808"},
       {With(R"("error":5)"), "error: wanted an object, got 5"},
       {With(R"("error":[])"), "error: wanted an object, got []"},
       {With(R"("error":{"source":1})"),
        "error.source: wanted a string, got 1"},
       {With(R"("error":{"message":{}})"),
        "error.message: wanted a string, got {}"}});
}

TEST(PredictionFromJson, QuotesAtMost256Bytes) {
  const std::string page = "<html>" + std::string(100000, 'x');
  EXPECT_THAT(PredictionFromJson(page),
              StatusIs(kInvalid,
                       "not JSON: no value where one must be at byte 0: "
                       "<html>" +
                           std::string(247, 'x') + "..."));
  EXPECT_THAT(PredictionFromJson(With("\"url\":[\"" + page + "\"]")),
              StatusIs(kInvalid, "url: wanted a string, got [\"<html>" +
                                     std::string(245, 'x') + "..."));
}

TEST(IsJsonNull, IsTrueForNullAlone) {
  EXPECT_TRUE(IsJsonNull("null"));
  EXPECT_TRUE(IsJsonNull(" null\n"));
  for (const char* const json :
       {"", "nul", "null null", "[null]", "\"null\"", "{}", "0", "NULL"}) {
    EXPECT_FALSE(IsJsonNull(json)) << json;
  }
}

}  // namespace
}  // namespace wriftai
