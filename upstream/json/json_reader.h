#ifndef WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_READER_H_

#include <cstddef>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_text.h"

namespace wriftai {

// Receives the tokens of a JSON text in order. Each function returns whether to
// continue reading. Views point into the text.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  // A key as written, with its quotes: see DecodeJsonToken().
  virtual bool OnKey(absl::string_view token) = 0;

  // Any value other than an array or an object.
  virtual bool OnScalar(const JsonSlice& slice) = 0;

  // An array or object whose opening bracket is the byte at `begin`.
  virtual bool OnStart(JsonKind kind, size_t begin) = 0;

  // Its end; `end` is the byte after the closing bracket.
  virtual bool OnEnd(size_t end) = 0;
};

inline constexpr size_t kAnyDepth = std::numeric_limits<size_t>::max();

// Reads `text` in one pass without recursion, by the grammar of RFC 8259 alone:
// strings may contain any non-ASCII bytes and any \u escape, numbers have any
// size, and nesting costs one bit per level. INVALID_ARGUMENT names the problem
// and its byte, including nesting above `max_depth`. By then, the visitor may
// have received the tokens before it. Returns OK if the visitor stopped. Any
// thread.
absl::Status ReadJson(absl::string_view text, JsonVisitor& visitor,
                      size_t max_depth = kAnyDepth);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
