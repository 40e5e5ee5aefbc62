#include "service/engine/prediction_encoder.h"

#include <string>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

v1::Prediction Sample() {
  v1::Prediction prediction;
  prediction.set_input_json("{\"n\":1}");
  prediction.set_output_json("9007199254740993");
  prediction.mutable_error()->set_detail_json("null");
  return prediction;
}

TEST(EncodePredictionTest, JsonFormatKeepsPayloadsUnchanged) {
  v1::Prediction prediction = Sample();
  ASSERT_TRUE(prediction.ParseFromString(
      EncodePrediction(v1::PAYLOAD_FORMAT_JSON, prediction)));
  EXPECT_EQ(prediction.SerializeAsString(), Sample().SerializeAsString());
}

TEST(EncodePredictionTest, ValueFormatConvertsOnlyLosslessPayloads) {
  v1::Prediction prediction = Sample();
  ASSERT_TRUE(prediction.ParseFromString(
      EncodePrediction(v1::PAYLOAD_FORMAT_VALUE, prediction)));
  EXPECT_EQ(prediction.input().struct_value().fields().at("n").number_value(),
            1);
  EXPECT_EQ(prediction.output_json(), "9007199254740993");
  EXPECT_TRUE(prediction.error().detail().has_null_value());
}

TEST(EncodePredictionTest, LoneSurrogateStaysJsonText) {
  constexpr char kText[] = R"({"a":["\ud83d"],"\udc00":1})";
  v1::Prediction prediction;
  prediction.set_input_json(kText);
  prediction.set_output_json(R"("\ud83d")");
  prediction.mutable_error()->set_detail_json(R"({"\ud83d":1})");
  v1::Prediction encoded;
  ASSERT_TRUE(encoded.ParseFromString(
      EncodePrediction(v1::PAYLOAD_FORMAT_VALUE, prediction)));
  EXPECT_EQ(encoded.SerializeAsString(), prediction.SerializeAsString());
}

TEST(EncodePredictionTest, AbsentPayloadsStayAbsent) {
  v1::Prediction prediction;
  ASSERT_TRUE(prediction.ParseFromString(
      EncodePrediction(v1::PAYLOAD_FORMAT_VALUE, prediction)));
  EXPECT_EQ(prediction.input_payload_case(),
            v1::Prediction::INPUT_PAYLOAD_NOT_SET);
  EXPECT_EQ(prediction.output_payload_case(),
            v1::Prediction::OUTPUT_PAYLOAD_NOT_SET);
  EXPECT_FALSE(prediction.has_error());
}

}  // namespace
}  // namespace wriftai
