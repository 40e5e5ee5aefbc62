#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

CreateParams Params(std::string input_json) {
  CreateParams params;
  params.model.owner = "deepseek-ai";
  params.model.name = "r1";
  params.input_json = std::move(input_json);
  return params;
}

TEST(CreateBodyToJsonTest, CopiesInputByteForByte) {
  EXPECT_EQ(CreateBodyToJson(Params(" { \"a\" : 1.0,\"a\":1e400 }\n"), false),
            "{\"input\": { \"a\" : 1.0,\"a\":1e400 }\n}");
}

TEST(CreateBodyToJsonTest, IncludesModelOnlyOnRequest) {
  CreateParams params = Params("1");
  EXPECT_EQ(CreateBodyToJson(params, true),
            R"({"model":"deepseek-ai/r1","input":1})");
  params.model.version = 3;
  EXPECT_EQ(CreateBodyToJson(params, true),
            R"({"model":"deepseek-ai/r1:3","input":1})");
  EXPECT_EQ(CreateBodyToJson(params, false), R"({"input":1})");
}

TEST(CreateBodyToJsonTest, IncludesOnlyGivenWebhookFields) {
  CreateParams params = Params("null");
  params.webhook.emplace();
  params.webhook->url = "https://example.com/hook";
  EXPECT_EQ(CreateBodyToJson(params, false),
            R"({"input":null,"webhook":{"url":"https://example.com/hook"}})");
  params.webhook->secret = Secret("s\"1");
  EXPECT_EQ(CreateBodyToJson(params, false),
            R"({"input":null,"webhook":{"url":"https://example.com/hook",)"
            R"("secret":"s\"1"}})");
  params.webhook->secret = Secret("");
  EXPECT_EQ(CreateBodyToJson(params, false),
            R"({"input":null,"webhook":{"url":"https://example.com/hook",)"
            R"("secret":""}})");
}

TEST(CreateBodyToJsonTest, EscapesEncodedStrings) {
  CreateParams params = Params("1");
  params.model.owner = "a\"b";
  params.model.name = "\xc3\xa9\\";
  EXPECT_EQ(CreateBodyToJson(params, true),
            "{\"model\":\"a\\\"b/\xc3\xa9\\\\\",\"input\":1}");
}

}  // namespace
}  // namespace wriftai
