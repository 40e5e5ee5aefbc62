#include "upstream/json/prediction_json.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/json/prediction_body.h"

namespace wriftai {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::IsEmpty;

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

TEST(PredictionFromJsonTest, ReadsFullObject) {
  v1::Prediction expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(id: "c12258c4-ed83-4d7b-a784-8ed55412325a"
         status: PREDICTION_STATUS_FAILED
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
  const v1::Prediction read = ReadPrediction(kFull);
  EXPECT_TRUE(MessageDifferencer::Equals(read, expected)) << read.DebugString();
}

TEST(PredictionFromJsonTest, RejectsEveryTruncation) {
  const absl::string_view body(kFull);
  for (size_t size = 0; size < body.size(); ++size) {
    const std::string head(body.substr(0, size));
    ASSERT_THAT(PredictionFromJson(head), StatusIs(kInvalid)) << size;
  }
}

TEST(PredictionFromJsonTest, TreatsNullAsAbsentExceptForPayloads) {
  const v1::Prediction absent = ReadPrediction(BodyWith(""));
  const v1::Prediction null = ReadPrediction(BodyWith(
      R"("created_at":null,"updated_at":null,"setup_time":null,"model":null,
         "execution_time":null,"error":null,"logs":null,"setup_logs":null,
         "url":null)"));
  EXPECT_TRUE(MessageDifferencer::Equals(absent, null)) << null.DebugString();
  EXPECT_FALSE(absent.has_model());
  EXPECT_FALSE(absent.has_logs());
  EXPECT_FALSE(absent.has_url());
}

TEST(PredictionFromJsonTest, DistinguishesNullPayloadFromAbsentPayload) {
  const v1::Prediction absent = ReadPrediction(BodyWith(R"("error":{})"));
  EXPECT_EQ(absent.input_payload_case(), v1::Prediction::INPUT_PAYLOAD_NOT_SET);
  EXPECT_EQ(absent.output_payload_case(),
            v1::Prediction::OUTPUT_PAYLOAD_NOT_SET);
  EXPECT_TRUE(absent.has_error());
  EXPECT_EQ(absent.error().detail_payload_case(),
            v1::PredictionError::DETAIL_PAYLOAD_NOT_SET);
  const v1::Prediction null = ReadPrediction(
      BodyWith(R"("input":null,"output" : null ,"error":{"detail":null})"));
  EXPECT_EQ(null.input_json(), "null");
  EXPECT_EQ(null.output_json(), "null");
  EXPECT_EQ(null.error().detail_json(), "null");
}

TEST(PredictionFromJsonTest, ReadsEveryStatusAndKeepsText) {
  const auto status = [](const std::string& word) {
    const v1::Prediction read = ReadPrediction(
        absl::StrCat(R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a",)",
                     R"("status":")", word, R"("})"));
    EXPECT_EQ(read.status_text(), word);
    return read.status();
  };
  EXPECT_EQ(status("pending"), v1::PREDICTION_STATUS_PENDING);
  EXPECT_EQ(status("started"), v1::PREDICTION_STATUS_STARTED);
  EXPECT_EQ(status("succeeded"), v1::PREDICTION_STATUS_SUCCEEDED);
  EXPECT_EQ(status("failed"), v1::PREDICTION_STATUS_FAILED);
  EXPECT_EQ(status("canceled"), v1::PREDICTION_STATUS_UNSPECIFIED);
  EXPECT_EQ(status("Pending"), v1::PREDICTION_STATUS_UNSPECIFIED);
}

TEST(PredictionFromJsonTest, IgnoresUnknownMembers) {
  const v1::Prediction read = ReadPrediction(BodyWith(
      R"("metrics":{"a":[1e400]},"status_text":7,"model":{"owner":"o","x":{}})"));
  EXPECT_EQ(read.status_text(), "pending");
  EXPECT_EQ(read.model().owner(), "o");
  EXPECT_FALSE(read.model().has_version_number());
}

TEST(PredictionFromJsonTest, LastOfRepeatedMembersWins) {
  const v1::Prediction read = ReadPrediction(
      R"({"id":1,"output":1,"status":"failed","output":[2],
          "id":"C12258C4-ed83-4d7b-a784-8ed55412325a",
          "\u0073tatus":"started"})");
  EXPECT_EQ(read.id(), "c12258c4-ed83-4d7b-a784-8ed55412325a");
  EXPECT_EQ(read.output_json(), "[2]");
  EXPECT_EQ(read.status(), v1::PREDICTION_STATUS_STARTED);
}

TEST(PredictionFromJsonTest, ReadsUndocumentedShapesLeniently) {
  const v1::Prediction read = ReadPrediction(BodyWith(
      R"("setup_time":1.50,"execution_time":20,"error":"out of memory")"));
  EXPECT_EQ(read.setup_time(), "1.50");
  EXPECT_EQ(read.execution_time(), "20");
  EXPECT_EQ(read.error().message(), "out of memory");
}

TEST(PredictionFromJsonTest, KeepsLogLines) {
  const v1::Prediction read =
      ReadPrediction(BodyWith(R"("logs":["a","","\u00e9"])"));
  EXPECT_THAT(read.logs().lines(), ElementsAre("a", "", "\xc3\xa9"));
  EXPECT_FALSE(read.has_setup_logs());
}

TEST(PredictionFromJsonTest, ReadsLargeOutput) {
  const std::string output = "\"" + std::string(20 << 20, 'x') + "\"";
  EXPECT_EQ(ReadPrediction(BodyWith("\"output\":" + output)).output_json(),
            output);
}

TEST(TakePredictionFromJsonTest, ReadsSamePrediction) {
  const std::string large = "\"" + std::string(5000, 'x') + "\"";
  const std::string larger = "[" + std::string(6000, ' ') + "1]";
  for (const std::string& json :
       {std::string(kFull), "\xef\xbb\xbf" + BodyWith("\"output\":" + large),
        BodyWith("\"input\":" + large + ",\"output\":" + larger),
        BodyWith("\"input\":" + larger + ",\"output\":" + large),
        BodyWith("\"input\":" + large + ",\"output\":" + large),
        BodyWith("\"output\":" + large + ",\"logs\":[" + large + "]," +
                 R"("error":{"detail":)" + large + "},\"url\":3"),
        BodyWith("\"input\":\"" + std::string(5000, '\xff') + "\"")}) {
    std::string taken = json;
    const auto prediction = TakePredictionFromJson(taken);
    ASSERT_THAT(prediction, IsOk());
    EXPECT_TRUE(MessageDifferencer::Equals(*prediction, ReadPrediction(json)));
  }
}

TEST(TakePredictionFromJsonTest, TakesMemoryOfLargerPayload) {
  const std::string payload = "\"" + std::string(100000, 'x') + "\"";
  std::string json = BodyWith("\"input\":[1],\"output\":" + payload);
  const char* const memory = json.data();
  const auto prediction = TakePredictionFromJson(json);
  ASSERT_THAT(prediction, IsOk());
  EXPECT_EQ(prediction->output_json().data(), memory);
  EXPECT_EQ(prediction->output_json(), payload);
  EXPECT_EQ(prediction->input_json(), "[1]");
}

TEST(TakePredictionFromJsonTest, LeavesMemoryThatIsMostlyUnused) {
  const std::string payload = "\"" + std::string(100000, 'x') + "\"";
  std::string json = BodyWith("\"output\":" + payload);
  json.reserve(3 * json.size());
  const char* const memory = json.data();
  const auto prediction = TakePredictionFromJson(json);
  ASSERT_THAT(prediction, IsOk());
  EXPECT_NE(prediction->output_json().data(), memory);
  EXPECT_EQ(prediction->output_json(), payload);
}

TEST(TakePredictionFromJsonTest, RejectsWhatPredictionFromJsonRejects) {
  std::string json = R"({"id":1,"status":"pending"})";
  EXPECT_THAT(TakePredictionFromJson(json),
              StatusIs(kInvalid, "id: expected a UUID, got 1"));
}

struct Rejected {
  std::string json;
  std::string message;
};

void ExpectRejected(const std::vector<Rejected>& cases) {
  for (const Rejected& rejected : cases) {
    EXPECT_THAT(PredictionFromJson(rejected.json),
                StatusIs(kInvalid, rejected.message));
  }
}

TEST(PredictionFromJsonTest, RejectsOtherDocuments) {
  ExpectRejected({{"", "not valid JSON at byte 0: unexpected end"},
                  {"<html>\n502</html>",
                   "not valid JSON at byte 0: expected a value: "
                   "<html> 502</html>"},
                  {"[1]", "expected a JSON object: [1]"},
                  {"null", "expected a JSON object: null"},
                  {"{}", "id: expected a UUID, got nothing"}});
}

TEST(PredictionFromJsonTest, RejectsInvalidId) {
  const std::string million(1 << 20, 'a');
  const std::vector<std::pair<std::string, std::string>> ids = {
      {"null", "null"},
      {"5", "5"},
      {"[]", "[]"},
      {R"("")", R"("")"},
      {R"("p1")", R"("p1")"},
      {R"("../../x?\r\nhost: evil")", R"("../../x?\r\nhost: evil")"},
      {"\"\xff\"", R"("?")"},
      {R"("c12258c4-ed83-4d7b-a784-8ed55412325a ")",
       R"("c12258c4-ed83-4d7b-a784-8ed55412325a ")"},
      {R"("\ud83d2258c4-ed83-4d7b-a784-8ed55412325a")",
       R"("\ud83d2258c4-ed83-4d7b-a784-8ed55412325a")"},
      {"\"" + million + "\"", "\"" + million.substr(0, 252) + "..."}};
  for (const auto& [id, quoted] : ids) {
    ExpectRejected({{absl::StrCat(R"({"status":"pending","id":)", id, "}"),
                     "id: expected a UUID, got " + quoted}});
  }
}

TEST(PredictionFromJsonTest, RejectsInvalidStatus) {
  const std::string long_word = "\"" + std::string(65, 's') + "\"";
  for (const std::string& status :
       std::vector<std::string>{"null", "5", "{}", R"("")", long_word}) {
    ExpectRejected(
        {{absl::StrCat(R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a",)",
                       R"("status":)", status, "}"),
          "status: expected a string of 1 to 64 bytes, got " + status}});
  }
  ExpectRejected({{R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a"})",
                   "status: expected a string of 1 to 64 bytes, got nothing"}});
}

TEST(PredictionFromJsonTest, KeepsPayloadsWithLoneSurrogatesByteForByte) {
  const std::string payload =
      R"({"\ud83d":["\udc00 \uD83D\n",1e999,"\u0000"]})";
  const v1::Prediction read = ReadPrediction(
      BodyWith(absl::StrCat(R"("input":)", payload, R"(,"output":)", payload,
                            R"(,"error":{"detail":)", payload, "}")));
  EXPECT_EQ(read.input_json(), payload);
  EXPECT_EQ(read.output_json(), payload);
  EXPECT_EQ(read.error().detail_json(), payload);
  EXPECT_THAT(read.inexact_fields(), IsEmpty());
}

TEST(PredictionFromJsonTest, SkipsUnknownMembersByGrammarAlone) {
  const std::string long_text = "\"" + std::string(1 << 20, 'k') + "\"";
  for (const std::string& member :
       {std::string(R"("x":"\ud83d")"), std::string(R"("\ud83d":{"\udc00":1})"),
        std::string("\"x\":\"\xff\xed\xa0\x80\""), std::string("\"\xff\":1"),
        long_text + ":" + long_text,
        "\"x\":1" + std::string(1 << 20, '0') + "e" + std::string(100, '9'),
        "\"x\":" + Nested(1 << 20), std::string(R"("x":1,"x":[],"x":{"id":2})"),
        std::string(R"("":"","ID":1,"id ":2,"Status":"\u0000")")}) {
    const v1::Prediction read = ReadPrediction(BodyWith(member));
    EXPECT_EQ(read.status(), v1::PREDICTION_STATUS_PENDING)
        << member.substr(0, 100);
    EXPECT_THAT(read.inexact_fields(), IsEmpty()) << member.substr(0, 100);
  }
}

TEST(PredictionFromJsonTest, RejectsInvalidJsonInUnknownMembers) {
  for (const char* const member :
       {R"("x":"\ud83g")", R"("x":"\x")", R"("x":01)", "\"x\":\"\n\"",
        R"("x":[)", R"("x":tru)", R"("x")"}) {
    EXPECT_THAT(PredictionFromJson(BodyWith(member)), StatusIs(kInvalid))
        << member;
  }
}

TEST(PredictionFromJsonTest, IgnoresByteOrderMark) {
  EXPECT_EQ(ReadPrediction("\xef\xbb\xbf" + BodyWith("")).status_text(),
            "pending");
  EXPECT_THAT(PredictionFromJson("\xef\xbb\xbf\xef\xbb\xbf" + BodyWith("")),
              StatusIs(kInvalid));
}

TEST(PredictionFromJsonTest, QuotesAtMost256Bytes) {
  const std::string page = "<html>" + std::string(100000, 'x');
  EXPECT_THAT(PredictionFromJson(page),
              StatusIs(kInvalid,
                       "not valid JSON at byte 0: expected a value: "
                       "<html>" +
                           std::string(247, 'x') + "..."));
}

}  // namespace
}  // namespace wriftai
