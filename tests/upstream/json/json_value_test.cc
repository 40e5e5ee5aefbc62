#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "tests/support/status_matchers.h"
#include "tests/support/value_messages.h"

namespace wriftai {
namespace {

using google::protobuf::Value;
using google::protobuf::util::MessageDifferencer;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

Value ValueFromText(const std::string& text) {
  Value value;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &value));
  return value;
}

Value NumberValue(double number) {
  Value value;
  value.set_number_value(number);
  return value;
}

void ExpectValue(const std::string& json, const std::string& text) {
  const auto value = ExactValueFromJson(json);
  ASSERT_TRUE(value.has_value()) << json;
  EXPECT_TRUE(MessageDifferencer::Equals(*value, ValueFromText(text)))
      << value->DebugString();
}

// Converts `json` to a Value and back to JSON text.
std::string Rewritten(const std::string& json) {
  const auto value = ExactValueFromJson(json);
  if (!value.has_value()) return "inexact";
  return JsonFromValue(*value).value_or("error");
}

TEST(ExactValueFromJsonTest, ConvertsEveryKind) {
  ExpectValue("null", "null_value: NULL_VALUE");
  ExpectValue("true", "bool_value: true");
  ExpectValue("false", "bool_value: false");
  ExpectValue(" 1.50 ", "number_value: 1.5");
  ExpectValue(R"("a\u00e9\n")", R"(string_value: "a\303\251\n")");
  ExpectValue("[]", "list_value {}");
  ExpectValue("{}", "struct_value {}");
  ExpectValue("[1, [null], \"\"]", R"(list_value {
      values { number_value: 1 }
      values { list_value { values { null_value: NULL_VALUE } } }
      values { string_value: "" } })");
  ExpectValue(R"({"a": {"b": false}, "": []})", R"(struct_value {
      fields { key: "a" value { struct_value {
        fields { key: "b" value { bool_value: false } } } } }
      fields { key: "" value { list_value {} } } })");
}

TEST(ExactValueFromJsonTest, KeepsNulInStringsAndKeys) {
  const auto value = ExactValueFromJson(R"({"a\u0000b":"\u0000"})");
  ASSERT_TRUE(value.has_value());
  const auto& fields = value->struct_value().fields();
  EXPECT_EQ(fields.at(std::string("a\0b", 3)).string_value(),
            std::string("\0", 1));
}

TEST(ExactValueFromJsonTest, RejectsInexactNumbers) {
  for (const char* const json :
       {"9007199254740993", "1e400", "1e-400", "0.12345678901234567890",
        "[0,[9007199254740993]]", R"({"a":{"b":-1e999}})"}) {
    EXPECT_EQ(ExactValueFromJson(json), std::nullopt) << json;
  }
}

TEST(ExactValueFromJsonTest, KeepsSignOfZero) {
  EXPECT_TRUE(std::signbit(ExactValueFromJson("-0")->number_value()));
  EXPECT_FALSE(std::signbit(ExactValueFromJson("0")->number_value()));
}

TEST(ExactValueFromJsonTest, RejectsRepeatedKey) {
  EXPECT_EQ(ExactValueFromJson(R"({"a":1,"a":1})"), std::nullopt);
  EXPECT_EQ(ExactValueFromJson(R"({"a":1,"\u0061":2})"), std::nullopt);
  EXPECT_EQ(ExactValueFromJson(R"([{"x":{"a":1,"b":2,"a":3}}])"), std::nullopt);
  EXPECT_TRUE(ExactValueFromJson(R"({"a":{"a":1},"b":{"a":1}})").has_value());
}

TEST(ExactValueFromJsonTest, RejectsInvalidJson) {
  for (const char* const json :
       {"", "[1,]", "{\"a\":1", "01", "1 2", "\"\xff\"", R"("\udc00")"}) {
    EXPECT_EQ(ExactValueFromJson(json), std::nullopt) << json;
  }
}

std::string Nested(int depth, const std::string& open, const std::string& inner,
                   const std::string& close) {
  std::string json = inner;
  for (int i = 0; i < depth; ++i) json = open + json + close;
  return json;
}

// The maximum number of levels of a shape that ExactValueFromJson() accepts.
int DeepestOf(const std::string& open, const std::string& inner,
              const std::string& close) {
  int depth = 0;
  while (depth < 1000 &&
         ExactValueFromJson(Nested(depth + 1, open, inner, close))) {
    ++depth;
  }
  return depth;
}

// Whether a client with protobuf's default limits can parse the payloads at any
// position in the deepest of our messages.
bool ClientCanRead(const Value& payload) {
  v1::PredictionUpdate update;
  *update.mutable_prediction()->mutable_input() = payload;
  *update.mutable_prediction()->mutable_output() = payload;
  *update.mutable_prediction()->mutable_error()->mutable_detail() = payload;
  v1::PredictionUpdate read;
  return read.ParseFromString(update.SerializeAsString()) &&
         MessageDifferencer::Equals(update, read);
}

struct Shape {
  std::string open;
  std::string inner;
  std::string close;
  int deepest;
};

TEST(NestedValueTest, IsReadableByClientsUpToLimit) {
  const std::vector<Shape> shapes = {
      {"[", "", "]", 44},
      {"[", "1", "]", 44},
      {"[null,", "1", ",[]]", 43},
      {R"({"k":)", "1", "}", 29},
      {R"({"a":[],"k":)", "{}", R"(,"z":{}})", 28},
      {R"([{"k":)", "1", "}]", 17},
      {R"({"k":[)", "1", "]}", 17}};
  for (const auto& [open, inner, close, deepest] : shapes) {
    EXPECT_EQ(DeepestOf(open, inner, close), deepest) << open;
    const auto value = ExactValueFromJson(Nested(deepest, open, inner, close));
    ASSERT_TRUE(value.has_value()) << open;
    EXPECT_TRUE(ClientCanRead(*value)) << open;
  }
}

TEST(NestedValueTest, IsNotReadableTwentyLevelsAboveLimit) {
  const auto nested = [](int depth) {
    Value value;
    Value* inner = &value;
    for (int i = 0; i < depth; ++i) {
      inner = inner->mutable_list_value()->add_values();
    }
    inner->set_bool_value(true);
    return value;
  };
  EXPECT_TRUE(ClientCanRead(nested(44)));
  EXPECT_FALSE(ClientCanRead(nested(64)));
}

TEST(NestedValueTest, IsRejectedWithoutCrashAtAnyDepth) {
  EXPECT_EQ(ExactValueFromJson(std::string(1000000, '[')), std::nullopt);
  EXPECT_EQ(ExactValueFromJson(std::string(500, '[') + std::string(500, ']')),
            std::nullopt);
}

TEST(NestedValueTest, CountsLevelsNotMembers) {
  std::string wide = "[";
  for (int i = 0; i < 1000; ++i) wide += "[[{}]],";
  EXPECT_TRUE(ExactValueFromJson(wide + "0]").has_value());
}

TEST(JsonFromValueTest, SortsKeysAndOmitsWhiteSpace) {
  EXPECT_EQ(Rewritten(R"({"b": [1.0, 1e2, -0, 0.10], "a": null, "B": true})"),
            R"({"B":true,"a":null,"b":[1,100,-0,0.1]})");
  EXPECT_EQ(Rewritten("[[], {}, \"\"]"), R"([[],{},""])");
  EXPECT_EQ(Rewritten("9007199254740992"), "9007199254740992");
  EXPECT_EQ(Rewritten("1e300"), "1e+300");
}

TEST(JsonFromValueTest, EscapesOnlyRequiredCharacters) {
  EXPECT_EQ(Rewritten(R"({"\u00e9\u0001": "\/\"\\\n\u0000\u007f"})"),
            "{\"\xc3\xa9\\u0001\":\"/\\\"\\\\\\n\\u0000\x7f\"}");
}

TEST(JsonFromValueTest, RejectsValuesThatJsonCannotRepresent) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(JsonFromValue(NumberValue(std::nan(""))),
              StatusIs(kInvalid, "JSON cannot represent the number nan"));
  EXPECT_THAT(JsonFromValue(NumberValue(kInfinity)),
              StatusIs(kInvalid, "JSON cannot represent the number inf"));
  EXPECT_THAT(JsonFromValue(NumberValue(-kInfinity)),
              StatusIs(kInvalid, "JSON cannot represent the number -inf"));
  EXPECT_THAT(JsonFromValue(Value()),
              StatusIs(kInvalid, "a Value has no kind set"));
}

TEST(JsonFromValueTest, ChecksEveryDepth) {
  EXPECT_THAT(JsonFromValue(ValueFromText("list_value { values {} }")),
              StatusIs(kInvalid, "a Value has no kind set"));
  EXPECT_THAT(JsonFromValue(ValueFromText(R"(struct_value { fields {
                key: "a" value { list_value { values { number_value: nan } } }
              } })")),
              StatusIs(kInvalid, "JSON cannot represent the number nan"));
}

TEST(JsonFromValueTest, RejectsInvalidUtf8) {
  EXPECT_THAT(JsonFromValue(ValueFromText(R"(string_value: "\377")")),
              StatusIs(kInvalid, "a string is not valid UTF-8"));
  EXPECT_THAT(JsonFromValue(ValueFromText(
                  R"(struct_value { fields { key: "\355\240\200" } })")),
              StatusIs(kInvalid, "a string is not valid UTF-8"));
}

TEST(JsonFromValueTest, RejectsNestingAsProtobufDoes) {
  Value value;
  Value* inner = &value;
  for (int i = 0; i < 49; ++i) {
    inner = inner->mutable_list_value()->add_values();
  }
  inner->mutable_list_value();
  EXPECT_THAT(JsonFromValue(value), IsOk());
  EXPECT_THAT(JsonFromValue(value, 99),
              StatusIs(absl::StatusCode::kOutOfRange, "malformed Value"));
  inner->mutable_list_value()->add_values()->set_bool_value(true);
  EXPECT_THAT(JsonFromValue(value),
              StatusIs(absl::StatusCode::kOutOfRange, "malformed Value"));
}

// `first` and `second` as one message that a parser merges.
absl::StatusOr<std::string> JsonOfMerged(const std::string& first,
                                         const std::string& second) {
  const std::string wire = ValueFromText(first).SerializeAsString() +
                           ValueFromText(second).SerializeAsString();
  Value merged;
  EXPECT_TRUE(merged.ParseFromString(wire));
  const auto json = JsonFromValueWire({wire}, ValueLimits());
  EXPECT_EQ(json, JsonFromValue(merged)) << first << second;
  return json;
}

TEST(JsonFromValueTest, MergesPartsAsProtobufDoes) {
  EXPECT_THAT(JsonOfMerged("bool_value: true", "number_value: 2"),
              IsOkAndHolds("2"));
  EXPECT_THAT(JsonOfMerged("list_value { values { number_value: 1 } }",
                           "list_value { values { number_value: 2 } }"),
              IsOkAndHolds("[1,2]"));
  EXPECT_THAT(JsonOfMerged("list_value { values { number_value: 1 } }",
                           "struct_value {}"),
              IsOkAndHolds("{}"));
  EXPECT_THAT(
      JsonOfMerged(
          R"(struct_value { fields { key: "a" value { number_value: 1 } }
                            fields { key: "b" value { number_value: 2 } } })",
          R"(struct_value { fields { key: "a" value { number_value: 3 } } })"),
      IsOkAndHolds(R"({"a":3,"b":2})"));
}

TEST(JsonFromValueTest, SkipsUnknownFieldsAndRejectsMalformedMessage) {
  const std::string number =
      ValueFromText("number_value: 1").SerializeAsString();
  const std::string unknown(
      "\x78\x05\x7a\x01x\x79"
      "12345678\x7d"
      "1234",
      19);
  EXPECT_THAT(JsonFromValueWire({number + unknown}, ValueLimits()),
              IsOkAndHolds("1"));
  for (const std::string bad : {"\x32\x05", "\x0b", "\x08", "\x11 7", "\x07"}) {
    EXPECT_THAT(JsonFromValueWire({number + bad}, ValueLimits()),
                StatusIs(absl::StatusCode::kOutOfRange, "malformed Value"));
  }
}

TEST(JsonFromValueTest, CountsValuesBeforeAllocating) {
  Value value;
  for (int i = 0; i < 10; ++i) {
    value.mutable_list_value()->add_values()->mutable_struct_value();
  }
  const std::string wire = value.SerializeAsString();
  ValueLimits limits;
  limits.max_values = 11;
  EXPECT_THAT(JsonFromValueWire({wire}, limits), IsOk());
  limits.max_values = 10;
  EXPECT_THAT(
      JsonFromValueWire({wire}, limits),
      StatusIs(kInvalid, "more than 10 values; send JSON text instead"));
}

TEST(JsonFromValueTest, BoundsTextWithEscapes) {
  Value value;
  value.set_string_value(std::string(100, '\x01'));
  const std::string wire = value.SerializeAsString();
  ValueLimits limits;
  limits.max_json_bytes = 602;
  EXPECT_THAT(JsonFromValueWire({wire}, limits), IsOk());
  limits.max_json_bytes = 601;
  EXPECT_THAT(JsonFromValueWire({wire}, limits),
              StatusIs(kInvalid, "more than 601 bytes of JSON text"));
}

TEST(ValueWireFromJsonTest, RejectsGrowthAboveLimit) {
  std::string numbers = "[1";
  for (int i = 0; i < 99; ++i) numbers += ",1";
  numbers += "]";
  EXPECT_EQ(ValueWireFromJson(numbers, 890), std::nullopt);
  const auto wire = ValueWireFromJson(numbers, 1000);
  ASSERT_TRUE(wire.has_value());
  // For each element: tag and size in the list, tag, eight bytes.
  EXPECT_EQ(wire->size(), 100u * 11 + 3);
}

}  // namespace
}  // namespace wriftai
