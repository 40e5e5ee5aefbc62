#ifndef WRIFTAI_SERVICE_TRACING_TRACER_H_
#define WRIFTAI_SERVICE_TRACING_TRACER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/tracing/call_span.h"
#include "service/tracing/sampler.h"
#include "upstream/watch/poll_spans.h"

namespace wriftai {

class WaitSpans;

// Begins the spans of calls and polls. A call belongs to its caller's trace, or
// begins one. A poll serves many waiters, so it has a trace of its own, with
// links to the recorded ones; it is recorded if there is any.
//
// Threads: Begin(), any; the rest, loop. Sink and event loop must outlive it,
// and its spans; it must outlive its WaitSpans. Fails: never.
class Tracer final : public PollSpans {
 public:
  Tracer(const Sampler& sampler, SpanSink& sink, const EventLoop& event_loop)
      : sampler_(sampler), sink_(sink), event_loop_(event_loop) {}

  // The trace of a call: the caller's, or a new one. Its flag says whether it
  // is recorded.
  TraceContext TraceFor(const std::optional<TraceContext>& caller) const;

  // Begins the span of a call in `trace`, which must be sampled.
  std::shared_ptr<CallSpan> BeginCall(const TraceContext& trace,
                                      absl::string_view tracestate,
                                      absl::string_view name,
                                      absl::string_view span_id) const;

  std::shared_ptr<CallTrace> BeginGet(const Credential& credential,
                                      absl::string_view id,
                                      absl::Time due) override;
  std::shared_ptr<CallTrace> BeginPage(const Credential& credential) override;

 private:
  friend class WaitSpans;
  // The credential's key, and the prediction's id.
  using Watch = std::pair<std::string, std::string>;
  using Waits = std::vector<WaitSpans*>;

  SpanScope ScopeFor(const TraceContext& trace,
                     absl::string_view tracestate) const;
  std::shared_ptr<CallSpan> BeginPoll(absl::string_view name,
                                      absl::Time due) const;

  const Sampler sampler_;
  SpanSink& sink_;
  const EventLoop& event_loop_;
  std::map<Watch, Waits> waits_;  // The recorded ones.
};

// The spans of a recorded Wait below that of its call: from the subscription,
// or the update before, to each update.
//
// Threads: loop. Fails: never.
class WaitSpans {
 public:
  // Each is about 200 bytes. An hour's wait would make thousands.
  static constexpr int kMaxSpans = 32;

  // `credential`: the key.
  WaitSpans(Tracer& tracer, std::shared_ptr<CallSpan> call,
            std::string credential, std::string id);
  ~WaitSpans();
  WaitSpans(const WaitSpans&) = delete;
  WaitSpans& operator=(const WaitSpans&) = delete;

  // A state of the prediction has arrived.
  void OnState(v1::Source source, bool is_last);

 private:
  friend class Tracer;

  // A poll that may bring the next state is sent: its span, to link.
  void OnPoll(Span& poll);

  Tracer& tracer_;
  const std::shared_ptr<CallSpan> call_;
  const Tracer::Watch watch_;
  std::optional<TraceContext> poll_;  // The last one sent.
  int count_ = 1;
  std::unique_ptr<Span> wait_;
};

// Adds the event of an update that is sent to the stream.
void AddUpdateEvent(const v1::Prediction& prediction, v1::Source source,
                    bool is_last, Span& call);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_TRACER_H_
