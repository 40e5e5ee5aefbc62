#ifndef WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_

#include <cstddef>

namespace wriftai {

// Maximum nesting of objects and arrays in one payload, in requests and
// responses, not counting levels around the payload. Parsing is iterative, so
// this does not protect the stack; it bounds the cost of a hostile text. Model
// inputs stay below a few dozen.
inline constexpr size_t kMaxJsonDepth = 1000;

// How much of an invalid text an error quotes: enough to recognize a proxy's
// error page, but well below the 8 KiB of trailers that gRPC clients accept.
inline constexpr size_t kMaxQuotedBytes = 256;

// Maximum nesting of protobuf messages in a google.protobuf.Value that we send,
// including itself. An array takes two (ListValue, Value), an object three
// (Struct, entry, Value). Parsers in Java, Python and C++ stop at 100; the
// difference is for the enclosing messages, ours and the caller's.
inline constexpr int kMaxValueMessages = 90;

// Limits on the fields of a prediction that are not payloads. Today's upstream
// stays far below all of them. Without limits, a hostile response could produce
// a log line or a table row of any size.

// A status: one word. The longest known one has 9 bytes.
inline constexpr size_t kMaxStatusBytes = 64;

// A time, or a time span such as "1.5s". RFC 3339 with nanoseconds has 35.
inline constexpr size_t kMaxTimeBytes = 64;

// Owner and name of a model, each; the same limit as in CreateRequest.model.
inline constexpr size_t kMaxModelNameBytes = 128;

// `error.source`: one word, like a status.
inline constexpr size_t kMaxErrorSourceBytes = 64;

// `error.message`: a sentence, or a stack trace of a few hundred lines.
inline constexpr size_t kMaxErrorMessageBytes = 64 << 10;

// `url`; the same limit as for a webhook's URL.
inline constexpr size_t kMaxUrlBytes = 2048;

// The last lines of each of the two logs. Together they leave most of the 4 MiB
// that gRPC libraries accept by default to the payloads. A line costs about 50
// bytes of memory in addition to its text.
inline constexpr size_t kMaxLogLines = 10000;
inline constexpr size_t kMaxLogBytes = 512 << 10;

// A list cursor. It becomes part of a request line, percent-encoded up to three
// times as long. nginx and Apache accept 8 KiB by default.
inline constexpr size_t kMaxCursorBytes = 2048;

// Items of one list page: four times the largest page that the upstream
// documents.
inline constexpr size_t kMaxPageItems = 200;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_
