#ifndef WRIFTAI_BASE_TRACE_CONTEXT_H_
#define WRIFTAI_BASE_TRACE_CONTEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The trace of a call: https://www.w3.org/TR/trace-context/. Every character of
// the output has been validated, so a caller cannot inject headers into a
// request.

namespace wriftai {

// A trace, and the span in it that is the parent of what follows: a caller's
// `traceparent`, or our own. A small value type, since every open stream may
// have one.
class TraceContext {
 public:
  // A new trace with a random id, not sampled. It has no parent.
  static TraceContext Begin();

  // Returns nullopt if it is invalid: a length or format other than that of
  // version 00, version ff, an upper-case digit, or an all-zero id. Of a future
  // version it reads the fields of version 00, as the standard requires.
  static std::optional<TraceContext> Parse(absl::string_view traceparent);

  absl::string_view trace_id() const {
    return {trace_id_.data(), trace_id_.size()};
  }

  // The caller's span. Empty if the trace begins here.
  absl::string_view parent_id() const {
    return {parent_id_.data(), parent_id_[0] == '\0' ? 0 : parent_id_.size()};
  }

  // Whether the parent is recorded, which its children should follow.
  bool sampled() const { return (flags_ & kSampled) != 0; }
  void set_sampled(bool sampled) {
    flags_ =
        static_cast<uint8_t>(sampled ? flags_ | kSampled : flags_ & ~kSampled);
  }

  // The defined flags: sampled, and random trace id.
  uint8_t flags() const { return flags_; }

  // The same trace for the children of `span_id` (16 lower-case hex digits).
  TraceContext ForChildrenOf(absl::string_view span_id) const;

  // The `traceparent` (version 00) for a request whose parent is `span_id` (16
  // lower-case hex digits). Propagates only the defined flags: sampled, and
  // random trace id.
  std::string WithParent(absl::string_view span_id) const;

 private:
  static constexpr uint8_t kSampled = 0x01;
  static constexpr uint8_t kRandomId = 0x02;

  TraceContext() = default;

  std::array<char, 32> trace_id_{};
  std::array<char, 16> parent_id_{};
  uint8_t flags_ = 0;
};

// The minimum that an implementation must propagate. Larger values are cut.
inline constexpr size_t kMaxTracestateBytes = 512;

// Joins the `tracestate` headers of a call. Unchanged up to
// kMaxTracestateBytes. Above that, whole members are dropped as the standard
// says: first those above 128 bytes, then those at the end. Empty if a member
// is invalid, a key is repeated, or there are more than 32 members.
std::string JoinTracestate(const std::vector<absl::string_view>& headers);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_TRACE_CONTEXT_H_
