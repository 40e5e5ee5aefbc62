#include "upstream/http/curl_failure.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

// The text of CHUNKE_OUT_OF_MEMORY.
constexpr absl::string_view kTrailerTooLong = "Out of memory";

bool IsHeaderTooLong(const CurlFailure& failure) {
  // If memory were really exhausted, the process would end.
  return failure.code == CURLE_OUT_OF_MEMORY && !failure.headers_complete;
}

bool IsTrailerTooLong(const CurlFailure& failure) {
  return failure.code == CURLE_RECV_ERROR &&
         absl::StrContains(failure.text, kTrailerTooLong);
}

// An invalid chunk size, or a missing line break after a chunk.
bool IsChunkMalformed(const CurlFailure& failure) {
  return failure.code == CURLE_RECV_ERROR &&
         absl::StrContains(failure.text, "in chunked-encoding");
}

Kind KindOf(const CurlFailure& failure) {
  if (!failure.maybe_sent) {
    return failure.code == CURLE_URL_MALFORMAT ||
                   failure.code == CURLE_UNSUPPORTED_PROTOCOL
               ? Kind::kInvalidRequest
               : Kind::kConnect;
  }
  if (IsHeaderTooLong(failure) || IsTrailerTooLong(failure)) {
    return Kind::kResponseTooLarge;
  }
  if (IsChunkMalformed(failure)) return Kind::kProtocol;
  switch (failure.code) {
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9, that is, no status line.
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // From the decoder, not from our callback.
      return Kind::kProtocol;
    default:
      return Kind::kInterrupted;
  }
}

std::string MessageOf(const CurlFailure& failure, const HttpOptions& options) {
  // libcurl's limit is higher than ours.
  if (failure.maybe_sent && IsHeaderTooLong(failure)) {
    return absl::StrCat("the response's headers exceed ",
                        options.max_header_bytes, " bytes");
  }
  if (failure.maybe_sent && IsTrailerTooLong(failure)) {
    return "a trailer of the response exceeds 4096 bytes";
  }
  if (failure.maybe_sent && failure.code == CURLE_WRITE_ERROR) {
    return "the response's body cannot be decoded";
  }
  return SanitizeAscii(failure.text.empty() ? curl_easy_strerror(failure.code)
                                            : failure.text);
}

}  // namespace

TransportFailure TransportFailureFrom(const CurlFailure& failure,
                                      const HttpOptions& options) {
  return {KindOf(failure), failure.maybe_sent, MessageOf(failure, options)};
}

}  // namespace wriftai
