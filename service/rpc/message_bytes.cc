#include "service/rpc/message_bytes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/byte_buffer.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"
#include "upstream/error_details.h"
#include "zlib.h"

namespace wriftai {
namespace {

// The number of bytes to decompress at a time.
constexpr size_t kStep = size_t{64} << 10;

// For zlib: the largest window, and detection of a zlib or gzip header. gRPC
// calls the former "deflate".
constexpr int kAnyHeader = 15 + 32;

// gRPC's C++ library exposes a message's compression only to readers.
class Reader : public grpc::ProtoBufferReader {
 public:
  using grpc::ProtoBufferReader::ProtoBufferReader;

  bool compressed() {
    return status().ok() &&
           reader()->buffer_in->data.raw.compression != GRPC_COMPRESS_NONE;
  }
};

std::vector<grpc::Slice> SlicesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) slices.clear();
  return slices;
}

std::string Flatten(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : SlicesOf(buffer)) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// A zlib stream.
class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, kAnyHeader) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Decompresses `slice` and appends it to `out`, until `out` is longer than
  // `max_bytes`. False if the data is invalid.
  bool Add(const grpc::Slice& slice, size_t max_bytes, std::string& out) {
    if (!ready_ || ended_) return slice.size() == 0;
    stream_.next_in = const_cast<Bytef*>(slice.begin());
    stream_.avail_in = static_cast<uInt>(slice.size());
    do {
      const size_t before = out.size();
      out.resize(before + kStep);
      stream_.next_out = reinterpret_cast<Bytef*>(&out[before]);
      stream_.avail_out = kStep;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      out.resize(before + kStep - stream_.avail_out);
      ended_ = result == Z_STREAM_END;
      if (ended_) return stream_.avail_in == 0;
      if (result != Z_OK && result != Z_BUF_ERROR) return false;
    } while (stream_.avail_out == 0 && out.size() <= max_bytes);
    return true;
  }

  bool ended() const { return ended_; }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
  bool ended_ = false;
};

}  // namespace

bool IsCompressed(const grpc::ByteBuffer& buffer) {
  // The reader needs a non-const buffer; the copy shares the bytes.
  grpc::ByteBuffer copy(buffer);
  return copy.Valid() && Reader(&copy).compressed();
}

absl::StatusOr<std::string> MessageBytes(const grpc::ByteBuffer& buffer,
                                         size_t max_bytes) {
  if (!IsCompressed(buffer)) return Flatten(buffer);
  Inflater inflater;
  std::string bytes;
  for (const grpc::Slice& slice : SlicesOf(buffer)) {
    if (!inflater.Add(slice, max_bytes, bytes)) {
      return GatewayError(
          absl::StatusCode::kInvalidArgument, v1::INVALID_MESSAGE,
          "cannot decompress the request: expected gzip or deflate");
    }
    if (bytes.size() > max_bytes) {
      return GatewayError(
          absl::StatusCode::kResourceExhausted, v1::MESSAGE_TOO_LARGE,
          absl::StrCat("the request has more than ", max_bytes,
                       " bytes when decompressed (--max_request_bytes)"));
    }
  }
  if (inflater.ended()) return bytes;
  return GatewayError(absl::StatusCode::kInvalidArgument, v1::INVALID_MESSAGE,
                      "cannot decompress the request: it is truncated");
}

}  // namespace wriftai
