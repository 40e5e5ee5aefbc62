#include "upstream/rest/field_path.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

FieldPath PathOf(const CallSubject& subject, const std::string& location) {
  const UpstreamError error = UpstreamErrorFromBody(absl::StrCat(
      R"({"detail":[{"loc":)", location, R"(,"msg":"m","type":"t"}]})"));
  EXPECT_EQ(error.violations.size(), 1u) << location;
  return FieldPathOf(error.violations.at(0), subject);
}

const CallSubject kGet = {Operation::kGet, "id"};
const CallSubject kList = {Operation::kList, ""};
const CallSubject kCancel = {Operation::kCancel, "id"};
const CallSubject kValue = {Operation::kCreate, "a/b", true};
const CallSubject kJson = {Operation::kCreate, "a/b", false};

TEST(FieldPathTest, MapsPositionInBodyToInput) {
  for (const char* const location :
       {R"(["body",9])", R"(["body",32])", R"(["body",0])", R"(["body"])",
        R"(["body",-1])"}) {
    EXPECT_EQ(PathOf(kJson, location).field, "input_json") << location;
    EXPECT_EQ(PathOf(kValue, location).field, "input") << location;
    EXPECT_EQ(PathOf(kJson, location).rest, "") << location;
  }
}

TEST(FieldPathTest, ExtendsPathInsideInput) {
  EXPECT_EQ(PathOf(kValue, R"(["body","input","a",3,"b_c-d"])").field,
            "input.a[3].b_c-d");
  EXPECT_EQ(PathOf(kValue, R"(["body","input"])").field, "input");
}

TEST(FieldPathTest, ReturnsPathInsideInputJsonAsRest) {
  const FieldPath path = PathOf(kJson, R"(["body","input","a",3])");
  EXPECT_EQ(path.field, "input_json");
  EXPECT_EQ(path.rest, "a.3");
}

TEST(FieldPathTest, EndsPathAtNonPlainName) {
  for (const char* const name :
       {"", "a.b", "a b", "a[0]", "<b>", "\\u202e", "\\u0000", "\\n", "ü"}) {
    const FieldPath path = PathOf(
        kValue, absl::StrCat(R"(["body","input","x",")", name, R"(","y"])"));
    EXPECT_EQ(path.field, "input.x") << name;
    EXPECT_FALSE(path.rest.empty()) << name;
  }
  EXPECT_EQ(PathOf(kValue, R"(["body","input",-1])").field, "input");
  EXPECT_EQ(PathOf(kValue, R"(["body","input",1.5,null])").field, "input");
}

TEST(FieldPathTest, BoundsPath) {
  std::string location = R"(["body","input")";
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&location, ",\"", std::string(60, 'a'), "\"");
  }
  const FieldPath path = PathOf(kValue, location + "]");
  EXPECT_LE(path.field.size(), 256u);
  EXPECT_GT(path.field.size(), 200u);
  EXPECT_EQ(PathOf(kValue, absl::StrCat(R"(["body","input",")",
                                        std::string(65, 'a'), R"("])"))
                .field,
            "input");
}

TEST(FieldPathTest, NamesOnlyFieldsOfRequest) {
  struct Row {
    CallSubject subject;
    const char* location;
    const char* field;
  };
  const Row rows[] = {
      {kGet, R"(["path","prediction_id"])", "id"},
      {kCancel, R"(["path","prediction_id"])", "id"},
      {kList, R"(["query","cursor"])", "page_token"},
      {kList, R"(["query","page_size"])", "page_size"},
      {kValue, R"(["body","model"])", "model"},
      {kValue, R"(["path","model_owner"])", "model"},
      {kValue, R"(["path","model_name"])", "model"},
      {kValue, R"(["path","number"])", "model"},
      {kValue, R"(["body","webhook"])", "webhook"},
      {kValue, R"(["body","webhook","url"])", "webhook.url"},
      {kValue, R"(["body","webhook","secret"])", "webhook.secret"},
      {kValue, R"(["body","webhook","other"])", "webhook"},
      {kValue, R"(["header","Prefer"])", "server_wait"},
      {kValue, R"(["header","validate-input"])", "validate_input"},
      {kValue, R"(["header","Validate_Input"])", "validate_input"},
      {kGet, R"(["header","authorization"])", "authorization"},
      // Not part of our requests.
      {kGet, R"(["body",9])", ""},
      {kGet, R"(["body","input","a"])", ""},
      {kGet, R"(["query","page_size"])", ""},
      {kList, R"(["path","prediction_id"])", ""},
      {kList, R"(["header","prefer"])", ""},
      {kCancel, R"(["body","model"])", ""},
      {kValue, R"(["path","prediction_id"])", ""},
      {kValue, R"(["body","other"])", ""},
      {kValue, R"(["other"])", ""},
      {kValue, R"([7])", ""},
      {kValue, R"([])", ""},
      {kValue, R"("body")", ""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(PathOf(row.subject, row.location).field, row.field)
        << row.location;
  }
}

TEST(FieldPathTest, ReturnsUnmappedLocationAsRest) {
  EXPECT_EQ(PathOf(kGet, R"(["query","x",1])").rest, "query.x.1");
  EXPECT_EQ(PathOf(kValue, R"(["body","webhook","headers","a"])").rest,
            "headers.a");
}

}  // namespace
}  // namespace wriftai
