#include "sandbox/create_request.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CreateRequestTest : public testing::Test {
 protected:
  // Returns the parsed request; fails the test if there are errors.
  CreateRequest Read(const std::string& body) {
    request_.body = body;
    auto read = ReadCreateRequest(FindRoute("POST", path_), request_);
    if (auto* const errors = std::get_if<ValidationErrors>(&read)) {
      ADD_FAILURE() << errors->ListJson();
      return CreateRequest();
    }
    return std::get<CreateRequest>(read);
  }

  // Returns the errors as JSON; empty if there are none.
  std::string ErrorsOf(const std::string& body) {
    request_.body = body;
    auto read = ReadCreateRequest(FindRoute("POST", path_), request_);
    auto* const errors = std::get_if<ValidationErrors>(&read);
    return errors == nullptr ? "" : errors->ListJson();
  }

  std::string path_ = "/v1/predictions";
  Request request_;
};

TEST_F(CreateRequestTest, ReadsModelAndInput) {
  const CreateRequest create = Read(R"({"model":"a/b:2", "input": [1.0, 2] })");
  EXPECT_EQ(create.model.owner, "a");
  EXPECT_EQ(create.model.name, "b");
  EXPECT_EQ(create.model.version, 2);
  EXPECT_EQ(*create.input, "[1.0, 2]");
  EXPECT_FALSE(create.webhook.has_value());
  EXPECT_FALSE(create.validate_input);
  EXPECT_EQ(create.wait, absl::ZeroDuration());
}

TEST_F(CreateRequestTest, AcceptsNullInput) {
  EXPECT_EQ(*Read(R"({"model":"a/b","input":null})").input, "null");
}

TEST_F(CreateRequestTest, ReadsModelFromPath) {
  path_ = "/v1/models/o%20w/n/versions/4/predictions";
  const CreateRequest create = Read(R"({"input":1,"model":"ignored"})");
  EXPECT_EQ(create.model.owner, "o w");
  EXPECT_EQ(create.model.name, "n");
  EXPECT_EQ(create.model.version, 4);
}

TEST_F(CreateRequestTest, RejectsNonNumericVersion) {
  path_ = "/v1/models/a/b/versions/x/predictions";
  EXPECT_THAT(ErrorsOf(R"({"input":1})"),
              AllOf(HasSubstr(R"(["path","number"])"),
                    HasSubstr(R"("type":"int_parsing")")));
}

TEST_F(CreateRequestTest, ReadsWebhook) {
  const CreateRequest create =
      Read(R"({"model":"a/b","input":1,)"
           R"("webhook":{"url":"https://h/x","secret":"s"}})");
  EXPECT_EQ(create.webhook->url, "https://h/x");
  EXPECT_EQ(create.webhook->secret.Reveal(), "s");
}

TEST_F(CreateRequestTest, AcceptsNullWebhookAndSecret) {
  EXPECT_FALSE(Read(R"({"model":"a/b","input":1,"webhook":null})").webhook);
  const auto webhook = Read(R"({"model":"a/b","input":1,)"
                            R"("webhook":{"url":"http://h","secret":null}})")
                           .webhook;
  EXPECT_TRUE(webhook->secret.empty());
}

TEST_F(CreateRequestTest, RejectsInvalidWebhookUrls) {
  for (const char* url : {"\"ftp://h\"", "\"h\"", "\"http://\"", "1",
                          "\"http:///x\"", "\"http://h/ x\""}) {
    EXPECT_THAT(
        ErrorsOf(std::string(R"({"model":"a/b","input":1,"webhook":{"url":)") +
                 url + "}}"),
        HasSubstr(R"(["body","webhook","url"])"))
        << url;
  }
}

TEST_F(CreateRequestTest, ReportsAllMissingFields) {
  EXPECT_EQ(
      ErrorsOf(R"({"webhook":{}})"),
      R"([{"loc":["body","model"],"msg":"Field required","type":"missing"},)"
      R"({"loc":["body","input"],"msg":"Field required","type":"missing"},)"
      R"({"loc":["body","webhook","url"],"msg":"Field required",)"
      R"("type":"missing"}])");
}

TEST_F(CreateRequestTest, RejectsInvalidModels) {
  for (const char* model :
       {"a", "/b", "a/", "a/b:", "a/b:x", "a/b:0", "a/b/c", "a/b:1:2", ""}) {
    EXPECT_THAT(
        ErrorsOf(std::string(R"({"input":1,"model":")") + model + "\"}"),
        HasSubstr(R"("loc":["body","model"])"))
        << model;
  }
  EXPECT_THAT(ErrorsOf(R"({"input":1,"model":7})"), HasSubstr("string_type"));
}

TEST_F(CreateRequestTest, ReportsOffsetOfInvalidJson) {
  EXPECT_EQ(ErrorsOf("{\"a\":"),
            R"([{"loc":["body",5],"msg":"JSON decode error",)"
            R"("type":"json_invalid"}])");
}

TEST_F(CreateRequestTest, RejectsBodyThatIsNotAnObject) {
  EXPECT_THAT(ErrorsOf("[1]"), HasSubstr("model_attributes_type"));
  EXPECT_THAT(ErrorsOf(""), HasSubstr(R"("loc":["body"])"));
}

TEST_F(CreateRequestTest, RejectsOtherContentTypes) {
  request_.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  EXPECT_THAT(ErrorsOf(R"({"model":"a/b","input":1})"),
              HasSubstr("model_attributes_type"));
  request_.headers = {{"Content-Type", "Application/JSON; charset=utf-8"}};
  EXPECT_EQ(ErrorsOf(R"({"model":"a/b","input":1})"), "");
}

TEST_F(CreateRequestTest, ReadsValidateInputAsBoolean) {
  request_.headers = {{"Validate-Input", "TRUE"}};
  EXPECT_TRUE(Read(R"({"model":"a/b","input":1})").validate_input);
  request_.headers = {{"validate-input", "false"}};
  EXPECT_FALSE(Read(R"({"model":"a/b","input":1})").validate_input);
  request_.headers = {{"validate-input", "maybe"}};
  EXPECT_THAT(ErrorsOf(R"({"model":"a/b","input":1})"),
              HasSubstr(R"(["header","validate-input"])"));
}

TEST(PreferredWaitTest, IsFoundAmongOtherPreferences) {
  EXPECT_EQ(ReadPreferredWait("wait=10"), absl::Seconds(10));
  EXPECT_EQ(ReadPreferredWait("respond-async, WAIT = 7"), absl::Seconds(7));
}

TEST(PreferredWaitTest, IgnoresInvalidValues) {
  for (const char* prefer : {"", "wait", "wait=", "wait=x", "wait=-1", "wait=0",
                             "wait=1.5", "await=3"}) {
    EXPECT_EQ(ReadPreferredWait(prefer), absl::ZeroDuration()) << prefer;
  }
}

}  // namespace
}  // namespace wriftai::sandbox
