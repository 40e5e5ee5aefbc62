#include "upstream/json/error_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "upstream/json/json_limits.h"

namespace wriftai {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::VariantWith;

std::string MessageOf(absl::string_view body) {
  const UpstreamError error = UpstreamErrorFromBody(body);
  EXPECT_THAT(error.violations, IsEmpty());
  return error.message;
}

TEST(UpstreamErrorFromBodyTest, ReadsViolations) {
  const UpstreamError error = UpstreamErrorFromBody(
      R"({"detail":[{"loc":["body","input","items",3],"msg":"field required",
          "type":"missing"},{"loc":["query","page_size"],"msg":"too large",
          "type":"less_than_equal","ctx":{"le":50}}]})");
  EXPECT_EQ(error.message, "body.input.items.3: field required; and 1 more");
  ASSERT_THAT(error.violations, SizeIs(2));
  EXPECT_THAT(
      error.violations[0].location,
      ElementsAre(VariantWith<std::string>("body"),
                  VariantWith<std::string>("input"),
                  VariantWith<std::string>("items"), VariantWith<int64_t>(3)));
  EXPECT_EQ(error.violations[0].message, "field required");
  EXPECT_EQ(error.violations[0].type, "missing");
  EXPECT_EQ(error.violations[1].message, "too large");
}

TEST(UpstreamErrorFromBodyTest, ReadsIrregularViolationsLeniently) {
  const UpstreamError error = UpstreamErrorFromBody(
      R"({"detail":["no",{"loc":"body","msg":7},{"loc":[1.5,null]},[]]})");
  EXPECT_EQ(error.message, "no; and 3 more");
  ASSERT_THAT(error.violations, SizeIs(4));
  EXPECT_THAT(error.violations[0].location, IsEmpty());
  EXPECT_EQ(error.violations[1].message, R"({"loc":"body","msg":7})");
  EXPECT_THAT(error.violations[2].location,
              ElementsAre(VariantWith<std::string>("1.5"),
                          VariantWith<std::string>("null")));
  EXPECT_EQ(error.violations[3].message, "[]");
}

TEST(UpstreamErrorFromBodyTest, ReadsDetailsOfOtherKinds) {
  EXPECT_EQ(MessageOf(R"({"detail":"Not Found"})"), "Not Found");
  EXPECT_EQ(MessageOf(R"({"detail":{"message":"gone","code":1}})"), "gone");
  EXPECT_EQ(MessageOf(R"({"detail":{"msg":"gone"}})"), "gone");
  EXPECT_EQ(MessageOf(R"({"detail":{"code":1}})"), R"({"code":1})");
  EXPECT_EQ(MessageOf(R"({"detail":7})"), "7");
  EXPECT_EQ(MessageOf(R"({"detail":[]})"), "");
  EXPECT_EQ(MessageOf(R"({"detail":"a","message":"b"})"), "a");
}

TEST(UpstreamErrorFromBodyTest, ReadsOtherShapes) {
  EXPECT_EQ(MessageOf(R"({"message":"m","title":"t"})"), "m");
  EXPECT_EQ(MessageOf(R"({"error":"not found"})"), "not found");
  EXPECT_EQ(MessageOf(R"({"error":{"message":"bad","type":"x"}})"), "bad");
  EXPECT_EQ(MessageOf(R"({"title":"t","status":500})"), "t");
  EXPECT_EQ(MessageOf(R"({"detail":null,"title":"t"})"), "t");
  EXPECT_EQ(MessageOf(R"({"message":5,"error":"e"})"), "e");
  EXPECT_EQ(MessageOf(R"("just text")"), "just text");
}

TEST(UpstreamErrorFromBodyTest, KeepsTypeCodeAndDetail) {
  const auto all = [](absl::string_view body) {
    const UpstreamError error = UpstreamErrorFromBody(body);
    return absl::StrCat(error.type, "|", error.code, "|", error.detail);
  };
  EXPECT_EQ(all(R"({"detail":"no","type":"t","code":"c"})"), "t|c|no");
  EXPECT_EQ(all(R"({"detail":{"type":"t","code":7,"msg":"m"}})"),
            R"(t|7|{"type":"t","code":7,"msg":"m"})");
  EXPECT_EQ(all(R"({"error":{"type":"t","code":"c","message":"m"}})"), "t|c|");
  EXPECT_EQ(all(R"({"detail":[{"loc":[],"msg":"m","type":"missing"}]})"),
            R"(missing||[{"loc":[],"msg":"m","type":"missing"}])");
  EXPECT_EQ(all(R"({"detail":null,"type":["t"],"code":true})"), "||");
  EXPECT_EQ(all("<html>"), "||");
  EXPECT_EQ(all(""), "||");
}

TEST(UpstreamErrorFromBodyTest, RecognizesApiShape) {
  for (const char* const body :
       {R"({"detail":"no"})", R"({"detail":[]})", R"({"detail":{}})",
        R"({"detail":[{"loc":[],"msg":"m","type":"t"}]})",
        " {\"detail\":\"no\"}\n"}) {
    EXPECT_TRUE(UpstreamErrorFromBody(body).is_api_shape) << body;
  }
  for (const char* const body : {"",
                                 "{}",
                                 "[]",
                                 "null",
                                 R"("detail")",
                                 R"({"detail":null})",
                                 R"({"detail":7})",
                                 R"({"detail":true})",
                                 R"({"Detail":"no"})",
                                 R"({"message":"no"})",
                                 R"({"error":{"detail":"no"}})",
                                 R"([{"detail":"no"}])",
                                 R"({"detail":"no")",
                                 R"({"detail":"no","status":503})",
                                 R"({"detail":"no","title":"t"})",
                                 R"({"detail":"no","type":"about:blank"})",
                                 R"({"instance":"/x","detail":"no"})",
                                 R"({"detail":"no","code":503})",
                                 R"({"message":"m","detail":"no"})",
                                 R"({"error":"e","detail":{}})",
                                 R"({"detail":"no","detail":"no"})",
                                 R"({"detail":"no","":null})",
                                 "<html>{\"detail\":\"no\"}</html>"}) {
    EXPECT_FALSE(UpstreamErrorFromBody(body).is_api_shape) << body;
  }
}

TEST(UpstreamErrorFromBodyTest, QuotesHugeBodyWithoutParsing) {
  const UpstreamError error = UpstreamErrorFromBody(absl::StrCat(
      R"({"detail":[0)", std::string(kMaxErrorBodyBytes, ' '), "]}"));
  EXPECT_EQ(error.message.substr(0, 13), R"({"detail":[0 )");
  EXPECT_EQ(error.message.size(), kMaxQuotedBytes);
  EXPECT_THAT(error.violations, IsEmpty());
  EXPECT_FALSE(error.is_api_shape);
}

TEST(UpstreamErrorFromBodyTest, ReplacesMisleadingCharacters) {
  EXPECT_EQ(MessageOf("{\"detail\":\"a\\u202eb\\u2028c\\u009bd\\u200be\"}"),
            "a?b c d?e");
  EXPECT_EQ(MessageOf("{\"detail\":\"a\xc2\x9b\xe2\x80\xae\"}"), "a ?");
}

TEST(UpstreamErrorFromBodyTest, LastOfRepeatedMembersWins) {
  EXPECT_EQ(MessageOf(R"({"detail":"a","detail":"b"})"), "b");
}

TEST(UpstreamErrorFromBodyTest, QuotesUnrecognizedBodies) {
  EXPECT_EQ(MessageOf(""), "");
  EXPECT_EQ(MessageOf(" \n"), "");
  EXPECT_EQ(MessageOf("<html>\n<h1>502</h1>\xff"), "<html> <h1>502</h1>?");
  EXPECT_EQ(MessageOf("{\"detail\":\"trunc"), "{\"detail\":\"trunc");
  EXPECT_EQ(MessageOf("[1,2]"), "[1,2]");
  EXPECT_EQ(MessageOf("{}"), "{}");
  EXPECT_EQ(MessageOf("null"), "null");
  EXPECT_EQ(MessageOf(std::string(1000000, '[')),
            std::string(253, '[') + "...");
}

TEST(UpstreamErrorFromBodyTest, KeepsOtherLanguagesButNoControlCharacters) {
  EXPECT_EQ(MessageOf(R"({"detail":"n\u00e3o\nexiste\u0000"})"),
            "n\xc3\xa3o existe ");
}

TEST(UpstreamErrorFromBodyTest, CutsLongMessagesBetweenCharacters) {
  std::string text(kMaxQuotedBytes - 1, 'a');
  const std::string body = "{\"detail\":\"" + text + "\xc3\xa9z\"}";
  EXPECT_EQ(MessageOf(body), text);
}

TEST(UpstreamErrorFromBodyTest, BoundsTotalSizeForHostileBody) {
  const std::string long_text(1000, 'x');
  std::string steps = "0";
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&steps, ",\"", long_text, "\"");
  }
  std::string entries =
      absl::StrCat("0,{\"loc\":[", steps, "],\"msg\":\"", long_text,
                   "\",\"type\":\"", long_text, "\"}");
  for (int i = 0; i < 119; ++i) {
    absl::StrAppend(&entries, ",{\"msg\":\"", long_text, "\"}");
  }
  const UpstreamError error =
      UpstreamErrorFromBody("{\"detail\":[" + entries + "]}");
  EXPECT_EQ(error.message, "0; and 120 more");
  ASSERT_THAT(error.violations, SizeIs(100));
  EXPECT_THAT(error.violations[1].location, SizeIs(32));
  EXPECT_EQ(error.violations[1].message.size(), kMaxQuotedBytes);
  EXPECT_EQ(error.violations[1].type.size(), kMaxQuotedBytes);
}

TEST(UpstreamErrorFromBodyTest, BoundsSummary) {
  const std::string text(kMaxQuotedBytes, 'x');
  EXPECT_EQ(UpstreamErrorFromBody(
                "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"" + text + "\"}]}")
                .message.size(),
            kMaxQuotedBytes);
}

}  // namespace
}  // namespace wriftai
