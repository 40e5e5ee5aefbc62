#ifndef WRIFTAI_SERVICE_TRACING_SPAN_H_
#define WRIFTAI_SERVICE_TRACING_SPAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/trace_context.h"
#include "service/tracing/otlp.h"
#include "service/tracing/span_sink.h"

namespace wriftai {

// What the spans of one call share.
struct SpanScope {
  SpanSink* sink;
  const EventLoop* event_loop;
  // When the call started. All times of its spans are by the monotonic clock
  // from here, so a step of the wall clock does not tear them apart.
  Instant started;
  TraceContext parent;  // Of the next span.
  std::string tracestate;
};

// A span of a trace, while it is recorded. Ends once, at the latest when it is
// destroyed.
//
// Threads: one at a time, and the loop when it ends. The sink and the event
// loop must outlive it. Fails: never.
class Span {
 public:
  using Kind = otlp::Span::SpanKind;
  using Attribute = std::pair<absl::string_view, absl::string_view>;

  // Enough for the changes of status; with them, a Wait of hours holds a few
  // kilobytes. The last one is kept for the end.
  static constexpr int kMaxEvents = 32;
  // Enough to find a poll's waiters; more would not be looked at.
  static constexpr int kMaxLinks = 32;

  // Starts now, with a random id.
  Span(SpanScope scope, Kind kind, absl::string_view name);
  // The same with an id that has been announced, and another start.
  Span(SpanScope scope, Kind kind, absl::string_view name,
       absl::string_view span_id, absl::Time started);
  ~Span() { End(); }
  Span(Span&&) = delete;
  Span& operator=(Span&&) = delete;

  // `key`: one that is not set yet. An empty `value` is omitted.
  void Set(absl::string_view key, absl::string_view value);
  void Set(absl::string_view key, int64_t value);
  void Set(absl::string_view key, int value) { Set(key, int64_t{value}); }

  void SetName(absl::string_view name) {
    message_.set_name(name.data(), name.size());
  }

  // The span failed. `type` becomes error.type; no text, which may quote a
  // caller.
  void Fail(absl::string_view type);

  // `is_last`: never dropped.
  void AddEvent(absl::string_view name,
                const std::vector<Attribute>& attributes, bool is_last);
  // At most kMaxLinks.
  void AddLink(const TraceContext& span, absl::string_view tracestate = {});

  void End();

  // Ends it unrecorded.
  void Discard() { ended_ = true; }

  // For its children.
  const SpanScope& children() const { return children_; }

 private:
  uint64_t UnixNanos(absl::Time time) const;

  SpanScope children_;
  otlp::Span message_;  // Without the events.
  // Encoded, as parts of a span: as objects they take six times as much.
  std::string events_;
  int event_count_ = 0;
  bool ended_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_SPAN_H_
