#include "service/calls/core_buffer.h"

#include <string>

#include "grpc/grpc.h"
#include "grpc/slice.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

std::string TextOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice bytes;
  EXPECT_TRUE(buffer.DumpToSingleSlice(&bytes).ok());
  return std::string(reinterpret_cast<const char*>(bytes.begin()),
                     bytes.size());
}

TEST(CoreBufferTest, TakesBytesOfMessage) {
  grpc_slice slice = grpc_slice_from_static_string("hello");
  grpc::ByteBuffer taken = TakeMessage(grpc_raw_byte_buffer_create(&slice, 1));
  EXPECT_EQ(TextOf(taken), "hello");
  EXPECT_EQ(CoreBufferOf(taken)->data.raw.compression, GRPC_COMPRESS_NONE);
}

TEST(CoreBufferTest, KeepsCompressionOfMessage) {
  grpc_slice slice = grpc_slice_from_static_string("packed");
  grpc::ByteBuffer taken = TakeMessage(
      grpc_raw_compressed_byte_buffer_create(&slice, 1, GRPC_COMPRESS_GZIP));
  EXPECT_EQ(CoreBufferOf(taken)->data.raw.compression, GRPC_COMPRESS_GZIP);
  EXPECT_EQ(taken.Length(), 6u);
}

TEST(CoreBufferTest, EmptyMessageIsValidAndNoMessageIsNot) {
  EXPECT_TRUE(TakeMessage(grpc_raw_byte_buffer_create(nullptr, 0)).Valid());
  EXPECT_FALSE(TakeMessage(nullptr).Valid());
}

}  // namespace
}  // namespace wriftai
