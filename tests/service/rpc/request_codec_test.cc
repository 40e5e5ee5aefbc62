#include "service/rpc/request_codec.h"

#include <string>

#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;

grpc::ByteBuffer Bytes(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// A length-delimited field with the given bytes (fewer than 128).
std::string Field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(bytes.size())) + bytes;
}

TEST(RequestCodecTest, DecodesEncodedMessage) {
  v1::GetRequest request;
  request.set_id("x");
  const auto decoded = Decode<v1::GetRequest>(Encode(request), kMaxBytes);
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->id(), "x");
}

TEST(RequestCodecTest, DecodesMessageInSlices) {
  v1::CreateRequest request;
  request.set_input_json(std::string(10'000, ' '));
  const std::string bytes = request.SerializeAsString();
  grpc::Slice slices[] = {grpc::Slice(bytes.substr(0, 1)),
                          grpc::Slice(bytes.substr(1, 5000)),
                          grpc::Slice(bytes.substr(5001))};
  const auto decoded =
      Decode<v1::CreateRequest>(grpc::ByteBuffer(slices, 3), kMaxBytes);
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->input_json().size(), 10'000u);
}

TEST(RequestCodecTest, AcceptsEmptyMessage) {
  EXPECT_THAT(Decode<v1::ListRequest>(Bytes(""), kMaxBytes), IsOk());
  EXPECT_EQ(Encode(v1::CancelResponse()).Length(), 0u);
}

TEST(RequestCodecTest, NamesFieldWithInvalidUtf8) {
  for (const std::string bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "a\xc3"}) {
    EXPECT_THAT(Decode<v1::CreateRequest>(Bytes(Field(3, bad)), kMaxBytes),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "input_json: expected valid UTF-8"));
  }
}

TEST(RequestCodecTest, NamesNestedFieldWithInvalidUtf8) {
  const std::string webhook = Field(1, "http://\xff");
  const std::string create = Field(4, webhook);
  EXPECT_THAT(
      Decode<v1::CreateAndWaitRequest>(Bytes(Field(1, create)), kMaxBytes),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "create.webhook.url: expected valid UTF-8"));
}

TEST(RequestCodecTest, RejectsMalformedMessage) {
  EXPECT_THAT(
      Decode<v1::GetRequest>(Bytes("\x0a\x7f short"), kMaxBytes),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "cannot parse the request as wriftai.predictions.v1.GetRequest: "
               "malformed, or nested more than 100 levels"));
}

absl::StatusOr<v1::CreateRequest> DecodeCreate(const std::string& bytes) {
  return Decode<v1::CreateRequest>(Bytes(bytes), kMaxBytes);
}

TEST(RequestCodecTest, ConvertsInputToJson) {
  v1::CreateRequest request;
  request.set_model("a/b");
  (*request.mutable_input()->mutable_struct_value()->mutable_fields())["n"]
      .set_number_value(3);
  const auto decoded = DecodeCreate(request.SerializeAsString());
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->input_json(), "{\"n\":3}");
  EXPECT_EQ(decoded->model(), "a/b");
  v1::CreateAndWaitRequest both;
  *both.mutable_create() = request;
  both.mutable_wait_options()->set_only_changes(true);
  const auto decoded_both =
      Decode<v1::CreateAndWaitRequest>(Encode(both), kMaxBytes);
  ASSERT_THAT(decoded_both, IsOk());
  EXPECT_EQ(decoded_both->create().input_json(), "{\"n\":3}");
  EXPECT_TRUE(decoded_both->wait_options().only_changes());
}

TEST(RequestCodecTest, LastInputInMessageWins) {
  v1::CreateRequest value;
  value.mutable_input()->set_bool_value(true);
  v1::CreateRequest json;
  json.set_input_json("[1]");
  const std::string first = value.SerializeAsString();
  const std::string second = json.SerializeAsString();
  EXPECT_EQ(DecodeCreate(first + second)->input_json(), "[1]");
  EXPECT_EQ(DecodeCreate(second + first)->input_json(), "true");
  EXPECT_FALSE(InputWasValue(*DecodeCreate(first + second)));
  EXPECT_TRUE(InputWasValue(*DecodeCreate(second + first)));
}

TEST(RequestCodecTest, RejectsInputThatJsonCannotExpress) {
  v1::CreateRequest request;
  request.mutable_input();
  EXPECT_THAT(DecodeCreate(request.SerializeAsString()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "input: expected a value that JSON can express: a Value "
                       "has no kind set"));
  v1::CreateAndWaitRequest both;
  *both.mutable_create() = request;
  EXPECT_THAT(
      Decode<v1::CreateAndWaitRequest>(Encode(both), kMaxBytes),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "create.input: expected a value that JSON can express: a "
               "Value has no kind set"));
}

TEST(RequestCodecTest, DropsUnknownFields) {
  v1::GetRequest request;
  request.set_id("x");
  // An unknown number, and a known number with another wire type.
  const auto decoded = Decode<v1::GetRequest>(
      Bytes(request.SerializeAsString() + Field(9, "y") + "\x08\x01"),
      kMaxBytes);
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->SerializeAsString(), request.SerializeAsString());
}

}  // namespace
}  // namespace wriftai
