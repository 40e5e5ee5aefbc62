#ifndef WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_

#include <cstddef>

namespace wriftai {

// Nested objects and arrays in one text. Parsing is iterative, so that this
// does not guard the stack; it bounds what a hostile text costs. Model inputs
// stay below a few dozen.
inline constexpr size_t kMaxJsonDepth = 1000;

// How much of a bad text an error quotes: enough to recognise a proxy's error
// page, little enough for the 8 KiB that gRPC clients accept as trailers.
inline constexpr size_t kMaxQuotedBytes = 256;

// Protobuf messages below a google.protobuf.Value that we send, itself
// counted: an array takes two (ListValue, Value), an object three (Struct,
// entry, Value). Parsers stop at 100 in Java, Python and C++; the rest is for
// the messages around it, of ours and of a caller who embeds ours.
inline constexpr int kMaxValueMessages = 90;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_LIMITS_H_
