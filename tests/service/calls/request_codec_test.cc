#include "service/calls/request_codec.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {
namespace {

grpc::ByteBuffer Bytes(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// A field of type length-delimited with the given bytes (below 128 of them).
std::string Field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(bytes.size())) + bytes;
}

TEST(RequestCodec, ReadsWhatItWrites) {
  v1::GetRequest request;
  request.set_id("x");
  const auto decoded = Decode<v1::GetRequest>(Encode(request));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->id(), "x");
}

TEST(RequestCodec, ReadsWhatCameInSlices) {
  v1::CreateRequest request;
  request.set_input_json(std::string(10'000, ' '));
  const std::string bytes = request.SerializeAsString();
  grpc::Slice slices[] = {grpc::Slice(bytes.substr(0, 1)),
                          grpc::Slice(bytes.substr(1, 5000)),
                          grpc::Slice(bytes.substr(5001))};
  const auto decoded = Decode<v1::CreateRequest>(grpc::ByteBuffer(slices, 3));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->input_json().size(), 10'000u);
}

TEST(RequestCodec, AnEmptyMessageIsAMessage) {
  EXPECT_THAT(Decode<v1::ListRequest>(Bytes("")), IsOk());
  EXPECT_EQ(Encode(v1::CancelResponse()).Length(), 0u);
}

TEST(RequestCodec, NamesTheFieldThatIsNoUtf8) {
  for (const std::string bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "a\xc3"}) {
    EXPECT_THAT(Decode<v1::CreateRequest>(Bytes(Field(3, bad))),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "input_json: wanted text in valid UTF-8"));
  }
}

TEST(RequestCodec, NamesTheNestedFieldThatIsNoUtf8) {
  const std::string webhook = Field(1, "http://\xff");
  const std::string create = Field(4, webhook);
  EXPECT_THAT(Decode<v1::CreateAndWaitRequest>(Bytes(Field(1, create))),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "create.webhook.url: wanted text in valid UTF-8"));
}

TEST(RequestCodec, GarbageIsNoMessage) {
  EXPECT_THAT(Decode<v1::GetRequest>(Bytes("\x0a\x7f short")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the request is no wriftai.v1.GetRequest, or is nested "
                       "more than 100 deep"));
}

}  // namespace
}  // namespace wriftai
