#ifndef WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_

#include <cstddef>

namespace wriftai {

// Nested objects and arrays in one payload, in requests and in responses; what
// stands around the payload does not count. Parsing is iterative, so that this
// does not guard the stack; it bounds what a hostile text costs. Model inputs
// stay below a few dozen.
inline constexpr size_t kMaxJsonDepth = 1000;

// How much of a bad text an error quotes: enough to recognize a proxy's error
// page, little enough for the 8 KiB that gRPC clients accept as trailers.
inline constexpr size_t kMaxQuotedBytes = 256;

// Protobuf messages below a google.protobuf.Value that we send, itself
// counted: an array takes two (ListValue, Value), an object three (Struct,
// entry, Value). Parsers stop at 100 in Java, Python and C++; the rest is for
// the messages around it, of ours and of a caller who embeds ours.
inline constexpr int kMaxValueMessages = 90;

// The fields of a prediction that are not payloads. Every one of today's
// upstream is far below; without a bound, the size of a response would be that
// of a line in a log or of a row on a page.

// A status: one word. The longest known one has 9 bytes.
inline constexpr size_t kMaxStatusBytes = 64;

// A time, or a time span such as "1.5s". RFC 3339 with nanoseconds has 35.
inline constexpr size_t kMaxTimeBytes = 64;

// Owner and name of a model: what CreateRequest.model accepts for each.
inline constexpr size_t kMaxModelNameBytes = 128;

// `error.source`: one word, as a status.
inline constexpr size_t kMaxErrorSourceBytes = 64;

// `error.message`: a sentence, or a stack trace of a few hundred lines.
inline constexpr size_t kMaxErrorMessageBytes = 64 << 10;

// `url`: what is accepted for a webhook's URL, too.
inline constexpr size_t kMaxUrlBytes = 2048;

// Each of the two logs: its last lines. Together they leave most of the 4 MiB
// that gRPC libraries accept by default to the payloads. A line costs about 50
// bytes of memory beside its text.
inline constexpr size_t kMaxLogLines = 10000;
inline constexpr size_t kMaxLogBytes = 512 << 10;

// A cursor of the list: becomes part of a request line, of which servers
// accept 8 KiB by default (nginx, Apache), percent-encoded up to three times
// as long.
inline constexpr size_t kMaxCursorBytes = 2048;

// Items of one page of the list: four times the largest page that the upstream
// documents.
inline constexpr size_t kMaxPageItems = 200;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_
