#include "service/tracing/span.h"

#include "absl/strings/escaping.h"
#include "base/random_id.h"

namespace wriftai {
namespace {

void Assign(absl::string_view key, absl::string_view value,
            otlp::KeyValue& attribute) {
  attribute.set_key(key.data(), key.size());
  attribute.mutable_value()->set_string_value(value.data(), value.size());
}

}  // namespace

Span::Span(SpanScope scope, Kind kind, absl::string_view name)
    : Span(std::move(scope), kind, name, RandomSpanId(), absl::InfinitePast()) {
}

Span::Span(SpanScope scope, Kind kind, absl::string_view name,
           absl::string_view span_id, absl::Time started)
    : children_(std::move(scope)) {
  const TraceContext& parent = children_.parent;
  message_.set_trace_id(absl::HexStringToBytes(parent.trace_id()));
  message_.set_span_id(absl::HexStringToBytes(span_id));
  message_.set_parent_span_id(absl::HexStringToBytes(parent.parent_id()));
  message_.set_trace_state(children_.tracestate);
  message_.set_flags(parent.flags());
  message_.set_name(name.data(), name.size());
  message_.set_kind(kind);
  message_.set_start_time_unix_nano(UnixNanos(
      started == absl::InfinitePast() ? children_.event_loop->Now() : started));
  children_.parent = parent.ForChildrenOf(span_id);
}

uint64_t Span::UnixNanos(absl::Time time) const {
  const Instant& started = children_.started;
  return static_cast<uint64_t>(
      absl::ToUnixNanos(started.wall + (time - started.now)));
}

void Span::Set(absl::string_view key, absl::string_view value) {
  if (!value.empty()) Assign(key, value, *message_.add_attributes());
}

void Span::Set(absl::string_view key, int64_t value) {
  otlp::KeyValue& attribute = *message_.add_attributes();
  attribute.set_key(key.data(), key.size());
  attribute.mutable_value()->set_int_value(value);
}

void Span::Fail(absl::string_view type) {
  Set("error.type", type);
  message_.mutable_status()->set_code(otlp::Status::STATUS_CODE_ERROR);
}

void Span::AddEvent(absl::string_view name,
                    const std::vector<Attribute>& attributes, bool is_last) {
  const int limit = is_last ? kMaxEvents : kMaxEvents - 1;
  if (event_count_ >= limit) {
    message_.set_dropped_events_count(message_.dropped_events_count() + 1);
    return;
  }
  ++event_count_;
  otlp::Span part;
  otlp::Span::Event& event = *part.add_events();
  event.set_time_unix_nano(UnixNanos(children_.event_loop->Now()));
  event.set_name(name.data(), name.size());
  for (const auto& [key, value] : attributes) {
    Assign(key, value, *event.add_attributes());
  }
  part.AppendToString(&events_);
}

void Span::AddLink(const TraceContext& span, absl::string_view tracestate) {
  if (message_.links_size() >= kMaxLinks) {
    message_.set_dropped_links_count(message_.dropped_links_count() + 1);
    return;
  }
  otlp::Span::Link& link = *message_.add_links();
  link.set_trace_id(absl::HexStringToBytes(span.trace_id()));
  link.set_span_id(absl::HexStringToBytes(span.parent_id()));
  link.set_trace_state(tracestate.data(), tracestate.size());
  link.set_flags(span.flags());
}

void Span::End() {
  if (std::exchange(ended_, true)) return;
  message_.set_end_time_unix_nano(UnixNanos(children_.event_loop->Now()));
  // Encoded messages that follow each other are parsed as one.
  children_.sink->Add(message_.SerializeAsString() + events_);
}

}  // namespace wriftai
