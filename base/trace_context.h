#ifndef WRIFTAI_BASE_TRACE_CONTEXT_H_
#define WRIFTAI_BASE_TRACE_CONTEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The trace that a call belongs to: https://www.w3.org/TR/trace-context/. What
// is written here holds nothing that was not checked character by character, so
// that no caller can smuggle a header of his own into a request.

namespace wriftai {

// A caller's `traceparent`. A value; small, since every waiting stream may have
// one.
class TraceContext {
 public:
  // Nothing where it is not valid: another length or form than version 00 has,
  // version ff, an upper-case digit, an id of zeros. Of a version that is not
  // known yet the part is read that version 00 has, as the standard demands.
  static std::optional<TraceContext> Parse(absl::string_view traceparent);

  absl::string_view trace_id() const {
    return {trace_id_.data(), trace_id_.size()};
  }

  // The caller's span.
  absl::string_view parent_id() const {
    return {parent_id_.data(), parent_id_.size()};
  }

  // The `traceparent`, of version 00, for a request whose parent is `span_id`
  // (16 lower-case hex digits). Of the flags those two go on that have a
  // meaning: sampled, and random trace id.
  std::string WithParent(absl::string_view span_id) const;

 private:
  TraceContext() = default;

  std::array<char, 32> trace_id_{};
  std::array<char, 16> parent_id_{};
  uint8_t flags_ = 0;
};

// What an implementation has to propagate at the least; more is cut.
inline constexpr size_t kMaxTracestateBytes = 512;

// The one `tracestate` that those of a call are together. Untouched within
// kMaxTracestateBytes; beyond it whole members are left out, as the standard
// says: those above 128 bytes, then those at the end. Empty where one member is
// not valid, a key is there twice, or there are more than 32 of them.
std::string JoinTracestate(const std::vector<absl::string_view>& headers);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_TRACE_CONTEXT_H_
