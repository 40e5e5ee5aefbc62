#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_REQUEST_READER_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_REQUEST_READER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/http_server/http_failure.h"
#include "base/http_server/http_head.h"

namespace wriftai {

// Parses one HTTP/1 request from the bytes of a connection as they arrive.
//
// Threads: one at a time. Owns: the bytes read, bounded by the limits. Fails:
// by kFailed, which is final.
class HttpRequestReader {
 public:
  struct Limits {
    // A common server default; most heads have a few hundred bytes.
    size_t max_head_bytes = 8 << 10;
    // Three times what clients and proxies send. Each takes 64 bytes or more,
    // so a head of empty ones would otherwise take 128 KiB.
    size_t max_headers = 100;
    // Enough for a webhook whose output embeds an image of 3 MB. It is also the
    // default message limit of gRPC clients.
    size_t max_body_bytes = 4 << 20;
  };
  enum class State { kHead, kBody, kDone, kFailed };

  explicit HttpRequestReader(const Limits& limits) : limits_(limits) {}

  State Feed(absl::string_view bytes);

  State state() const { return state_; }
  // Valid from kBody on, and after kBodyTooLarge.
  const HttpHead& head() const { return head_; }
  const std::string& body() const { return body_; }  // Valid in kDone.
  // kMalformed, kHeadTooLarge or kBodyTooLarge. Valid in kFailed.
  HttpFailure failure() const { return failure_; }

  HttpHead TakeHead() { return std::exchange(head_, {}); }
  // Empty unless kDone.
  std::string TakeBody() {
    return state_ == State::kDone ? std::move(body_) : std::string();
  }
  // The bytes after the request. Empty unless kDone.
  std::string TakeRest() {
    return state_ == State::kDone ? std::move(buffer_) : std::string();
  }

  // The heap memory that it holds.
  size_t held_bytes() const {
    return HeldBytes(buffer_) + HeldBytes(body_) + head_.held_bytes();
  }

 private:
  // What the next bytes belong to.
  enum class Part { kHead, kSized, kChunkSize, kChunk, kChunkEnd, kTrailer };

  bool Step();
  bool ReadHead();
  bool ReadData();
  bool ReadLine();
  bool OnChunkSize(absl::string_view line);
  bool OnTrailer(absl::string_view line);
  bool Fail(HttpFailure failure);

  absl::string_view Rest() const {
    return absl::string_view(buffer_).substr(used_);
  }

  Limits limits_;
  State state_ = State::kHead;
  Part part_ = Part::kHead;
  HttpFailure failure_ = HttpFailure::kMalformed;
  HttpHead head_;
  std::string body_;
  std::string buffer_;   // Received bytes that are not consumed yet,
  size_t used_ = 0;      // after this many that are.
  size_t searched_ = 0;  // Bytes of the head without its end.
  size_t left_ = 0;      // Bytes left of the sized body or the chunk.
  size_t trailer_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_REQUEST_READER_H_
