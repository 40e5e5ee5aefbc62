#include "service/engine/prediction_encoder.h"

#include <memory>
#include <string>

#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "service/engine/prediction_wire.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/json/proto_wire.h"

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

constexpr auto kJson = v1::PAYLOAD_FORMAT_JSON;

// Sets every field of `message` that the gateway sets; payloads as JSON text.
void SetAllFields(google::protobuf::Message& message) {
  const auto& reflection = *message.GetReflection();
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto& field = *descriptor.field(i);
    const bool is_value =
        field.message_type() != nullptr &&
        field.message_type()->full_name() == "google.protobuf.Value";
    if (is_value) continue;
    if (field.is_repeated()) {
      reflection.AddString(&message, &field, "");
      reflection.AddString(&message, &field, field.name());
    } else if (field.message_type() != nullptr) {
      SetAllFields(*reflection.MutableMessage(&message, &field));
    } else if (field.cpp_type() == field.CPPTYPE_STRING) {
      reflection.SetString(&message, &field, field.name());
    } else if (field.cpp_type() == field.CPPTYPE_ENUM) {
      reflection.SetEnumValue(&message, &field, 2);
    } else if (field.cpp_type() == field.CPPTYPE_INT64) {
      reflection.SetInt64(&message, &field, -1);
    } else {
      reflection.SetInt32(&message, &field, 1);
    }
  }
}

// The bytes of a message as they are sent.
std::string BytesOf(const EncodedPrediction& encoded) {
  std::string bytes = encoded.head;
  for (const EncodedPrediction::Payload& payload : encoded.payloads) {
    AppendBytesHeader(payload.field, payload.text.size(), bytes);
    bytes.append(payload.text.data(), payload.text.size());
  }
  return bytes;
}

TEST(EncodePredictionPartsTest, CopyNoSharedPayload) {
  const std::string large(kSharedPayloadBytes, ' ');
  v1::Prediction all;
  SetAllFields(all);
  all.set_input_json(large + "1");
  v1::Prediction output = all;
  output.set_input_json("1");
  output.set_output_json(large + "2");
  v1::Prediction both = all;
  both.set_output_json(large + "2");
  v1::Prediction bare;
  bare.set_output_json(large + "2");
  for (const v1::Prediction& prediction : {all, output, both, bare}) {
    const EncodedPrediction encoded = EncodePredictionParts(kJson, prediction);
    EXPECT_LT(encoded.head.size(), kSharedPayloadBytes);
    v1::Prediction read;
    ASSERT_TRUE(read.ParseFromString(BytesOf(encoded)));
    EXPECT_EQ(read.SerializeAsString(), prediction.SerializeAsString());
  }
}

TEST(SharedPayloadsTest, AreOnlyLargeJsonText) {
  v1::Prediction prediction;
  prediction.set_input_json(std::string(kSharedPayloadBytes - 1, '1'));
  EXPECT_TRUE(SharedPayloads(kJson, prediction).empty());
  prediction.set_input_json(std::string(kSharedPayloadBytes, '1'));
  EXPECT_EQ(SharedPayloads(kJson, prediction).size(), 1U);
  EXPECT_TRUE(SharedPayloads(v1::PAYLOAD_FORMAT_VALUE, prediction).empty());
}

class PredictionEncoderTest : public ::testing::Test {
 protected:
  static constexpr size_t kLarge = size_t{2} << 20;

  static SnapshotPtr MakeLarge(v1::Source source = v1::SOURCE_GET) {
    v1::Prediction prediction;
    prediction.set_output_json(std::string(kLarge, '1'));
    return MakeSnapshot(std::move(prediction), source, Instant());
  }

  ManualEventLoop loop_;
  WorkerPool workers_{loop_};
  ByteBudget budget_{4 * kLarge};
  PredictionEncoder encoder_{workers_, budget_};
};

TEST_F(PredictionEncoderTest, SharesLargePayloadWithSnapshot) {
  SnapshotPtr snapshot = MakeLarge();
  const std::weak_ptr<const Snapshot> alive = snapshot;
  PredictionEncoder::Bytes bytes = encoder_.Find("owner", snapshot, kJson);
  ASSERT_NE(bytes, nullptr);
  ASSERT_EQ(bytes->payloads.size(), 1U);
  EXPECT_EQ(bytes->payloads[0].text.data(),
            snapshot->prediction.output_json().data());
  snapshot.reset();
  EXPECT_FALSE(alive.expired());
  bytes.reset();
  EXPECT_TRUE(alive.expired());
}

TEST_F(PredictionEncoderTest, ReceiversShareOneMessage) {
  const SnapshotPtr snapshot = MakeLarge();
  const auto bytes = encoder_.Find("owner", snapshot, kJson);
  EXPECT_EQ(encoder_.Find("other", snapshot, kJson), bytes);
  EXPECT_EQ(budget_.held(), kLarge);
}

TEST_F(PredictionEncoderTest, ChargesSharedPayloadWhileItIsSent) {
  const SnapshotPtr snapshot = MakeLarge();
  auto bytes = encoder_.Find("owner", snapshot, kJson);
  EXPECT_EQ(budget_.held(), kLarge);
  bytes.reset();
  EXPECT_EQ(budget_.held(), 0U);
  EXPECT_NE(encoder_.Find("owner", snapshot, kJson), nullptr);
}

TEST_F(PredictionEncoderTest, BudgetBoundsSharedPayloadsExceptOfCreates) {
  const auto first = encoder_.Find("owner", MakeLarge(), kJson);
  const auto second = encoder_.Find("owner", MakeLarge(), kJson);
  const auto third = encoder_.Find("owner", MakeLarge(), kJson);
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(encoder_.Find("owner", MakeLarge(), kJson), nullptr);
  const auto created =
      encoder_.Find("owner", MakeLarge(v1::SOURCE_CREATE), kJson);
  EXPECT_NE(created, nullptr);
  EXPECT_EQ(budget_.held(), 3 * kLarge);
}

TEST_F(PredictionEncoderTest, KeepsSmallMessageWithSnapshot) {
  v1::Prediction prediction;
  prediction.set_output_json("1");
  const SnapshotPtr snapshot =
      MakeSnapshot(std::move(prediction), v1::SOURCE_GET, Instant());
  const std::weak_ptr<const EncodedPrediction> bytes =
      encoder_.Find("owner", snapshot, kJson);
  EXPECT_EQ(encoder_.Find("other", snapshot, kJson), bytes.lock());
  EXPECT_FALSE(bytes.expired());
  EXPECT_EQ(budget_.held(), 0U);
}

}  // namespace
}  // namespace wriftai
