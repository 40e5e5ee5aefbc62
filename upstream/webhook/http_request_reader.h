#ifndef WRIFTAI_UPSTREAM_WEBHOOK_HTTP_REQUEST_READER_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_HTTP_REQUEST_READER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "upstream/webhook/http_head.h"
#include "upstream/webhook/webhook_outcome.h"

namespace wriftai {

// Puts one HTTP/1 request together from the bytes of a connection, as they
// come. What follows the request is passed over: the listener answers one
// request a connection.
//
// Threads: one at a time. Owns: what it has read, which the limits bound.
// Fails: kFailed, for good.
class HttpRequestReader {
 public:
  struct Limits {
    // As common servers have it; a delivery's head has a few hundred bytes.
    size_t max_head_bytes = 8 << 10;
    // An output with an embedded picture of 3 MB. It is also what gRPC clients
    // take in one message unless told otherwise.
    size_t max_body_bytes = 4 << 20;
  };
  enum class State { kHead, kBody, kDone, kFailed };

  explicit HttpRequestReader(const Limits& limits) : limits_(limits) {}

  State Feed(absl::string_view bytes);

  State state() const { return state_; }
  const HttpHead& head() const { return head_; }     // From kBody on.
  const std::string& body() const { return body_; }  // In kDone.
  // kMalformedRequest, kHeadTooLarge or kBodyTooLarge; in kFailed.
  WebhookOutcome failure() const { return failure_; }

  // The memory that it holds beside itself.
  size_t held_bytes() const { return HeldBy(buffer_) + HeldBy(body_); }

 private:
  // What the next bytes are.
  enum class Part { kHead, kSized, kChunkSize, kChunk, kChunkEnd, kTrailer };

  bool Step();
  bool ReadHead();
  bool ReadData();
  bool ReadLine();
  bool OnChunkSize(absl::string_view line);
  bool OnTrailer(absl::string_view line);
  bool Fail(WebhookOutcome failure);

  // Short strings stand inside of the object.
  static size_t HeldBy(const std::string& text) {
    return text.capacity() > std::string().capacity() ? text.capacity() : 0;
  }

  absl::string_view Rest() const {
    return absl::string_view(buffer_).substr(used_);
  }

  const Limits limits_;
  State state_ = State::kHead;
  Part part_ = Part::kHead;
  WebhookOutcome failure_ = WebhookOutcome::kMalformedRequest;
  HttpHead head_;
  std::string body_;
  std::string buffer_;   // Bytes that came and are not taken yet,
  size_t used_ = 0;      // after so many that are.
  size_t searched_ = 0;  // Of the head, for its end.
  size_t left_ = 0;      // Of the sized body or the chunk.
  size_t trailer_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_HTTP_REQUEST_READER_H_
