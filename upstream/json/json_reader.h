#ifndef WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_READER_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "upstream/json/json_text.h"

namespace wriftai {

// Is told what a JSON text holds, in the order of the text. Each function
// returns whether to read on.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  // A key, escapes resolved. `key` lives until the function returns.
  virtual bool OnKey(absl::string_view key) = 0;

  // Anything but an array or an object, which lives as the text does.
  // `decoded` is the content of a string, escapes resolved, until the function
  // returns; empty for other kinds.
  virtual bool OnScalar(const JsonSlice& slice, absl::string_view decoded) = 0;

  // An array or object whose opening bracket is the byte at `begin`.
  virtual bool OnStart(JsonKind kind, size_t begin) = 0;

  // Its end; `end` is the byte after the closing bracket.
  virtual bool OnEnd(size_t end) = 0;
};

// Reads `text` once, in one pass without recursion, and tells `visitor` of
// everything in it. What is accepted, and the errors: see ParseJson(). An error
// may come after the visitor has been told of what stands before it. Where the
// visitor stopped, OK is returned: it knows why.
absl::Status ReadJson(absl::string_view text, JsonVisitor& visitor);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_READER_H_
