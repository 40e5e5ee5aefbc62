#ifndef WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_READER_H_

#include <cstddef>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_text.h"

namespace wriftai {

// Receives what a JSON text holds, in the order of the text. Each function
// returns whether to read on. Views point into the text.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  // A key as it is written, with its quotes: see DecodeJsonToken().
  virtual bool OnKey(absl::string_view token) = 0;

  // Anything but an array or an object.
  virtual bool OnScalar(const JsonSlice& slice) = 0;

  // An array or object whose opening bracket is the byte at `begin`.
  virtual bool OnStart(JsonKind kind, size_t begin) = 0;

  // Its end; `end` is the byte after the closing bracket.
  virtual bool OnEnd(size_t end) = 0;
};

inline constexpr size_t kAnyDepth = std::numeric_limits<size_t>::max();

// Reads `text` once, in one pass without recursion, by the grammar of RFC 8259
// alone: strings hold any bytes beyond ASCII and any \u escape, numbers have
// any size, and nesting costs one bit for each level. INVALID_ARGUMENT says
// what is wrong and at which byte; above `max_depth` levels, too. An error may
// come after the visitor has received what stands before it. Where the visitor
// stopped, OK is returned. Any thread.
absl::Status ReadJson(absl::string_view text, JsonVisitor& visitor,
                      size_t max_depth = kAnyDepth);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
