#include "service/tracing/tracer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "base/random_id.h"
#include "service/tracing/span_names.h"

namespace wriftai {
namespace {

// "SOURCE_GET" as "get".
std::string NameOf(v1::Source source) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(v1::Source_Name(source), "SOURCE_"));
}

std::shared_ptr<CallTrace> TraceWith(std::shared_ptr<CallSpan> span) {
  auto trace = std::make_shared<CallTrace>();
  trace->spans = std::move(span);
  return trace;
}

}  // namespace

TraceContext Tracer::TraceFor(const std::optional<TraceContext>& caller) const {
  TraceContext trace = caller.has_value() ? *caller : TraceContext::Begin();
  trace.set_sampled(sampler_.ShouldRecord(trace));
  return trace;
}

SpanScope Tracer::ScopeFor(const TraceContext& trace,
                           absl::string_view tracestate) const {
  return {&sink_, &event_loop_, event_loop_.ThisInstant(), trace,
          std::string(tracestate)};
}

std::shared_ptr<CallSpan> Tracer::BeginCall(const TraceContext& trace,
                                            absl::string_view tracestate,
                                            absl::string_view name,
                                            absl::string_view span_id) const {
  SpanScope scope = ScopeFor(trace, tracestate);
  const absl::Time now = scope.started.now;
  return std::make_shared<CallSpan>(
      std::move(scope), otlp::Span::SPAN_KIND_SERVER, name, span_id, now);
}

std::shared_ptr<CallSpan> Tracer::BeginPoll(absl::string_view name,
                                            absl::Time due) const {
  TraceContext trace = TraceContext::Begin();
  trace.set_sampled(true);
  SpanScope scope = ScopeFor(trace, "");
  const absl::Time now = scope.started.now;
  auto poll = std::make_shared<CallSpan>(std::move(scope),
                                         otlp::Span::SPAN_KIND_INTERNAL, name,
                                         RandomSpanId(), std::min(due, now));
  if (now - due >= kMinBudgetWait) {
    const Span wait(poll->span().children(), otlp::Span::SPAN_KIND_INTERNAL,
                    kBudgetWaitSpan, RandomSpanId(), due);
  }
  return poll;
}

std::shared_ptr<CallTrace> Tracer::BeginGet(const Credential& credential,
                                            absl::string_view id,
                                            absl::Time due) {
  if (waits_.empty()) return nullptr;
  const auto found = waits_.find(Watch(credential.key(), std::string(id)));
  if (found == waits_.end()) return nullptr;
  auto poll = BeginPoll(kPollSpan, due);
  poll->span().Set(kPredictionAttribute, id);
  poll->span().Set(kCredentialAttribute, credential.display_name());
  for (WaitSpans* const wait : found->second) wait->OnPoll(poll->span());
  return TraceWith(std::move(poll));
}

// A page shows predictions by their age, so it may serve any waiter of the
// credential.
std::shared_ptr<CallTrace> Tracer::BeginPage(const Credential& credential) {
  auto wait = waits_.lower_bound(Watch(credential.key(), ""));
  const auto is_own = [&] {
    return wait != waits_.end() && wait->first.first == credential.key();
  };
  if (!is_own()) return nullptr;
  auto poll = BeginPoll(kPagePollSpan, event_loop_.Now());
  poll->span().Set(kCredentialAttribute, credential.display_name());
  for (; is_own(); ++wait) {
    for (WaitSpans* const spans : wait->second) spans->OnPoll(poll->span());
  }
  return TraceWith(std::move(poll));
}

WaitSpans::WaitSpans(Tracer& tracer, std::shared_ptr<CallSpan> call,
                     std::string credential, std::string id)
    : tracer_(tracer),
      call_(std::move(call)),
      watch_(std::move(credential), std::move(id)),
      wait_(std::make_unique<Span>(call_->span().children(),
                                   otlp::Span::SPAN_KIND_INTERNAL,
                                   kPollWaitSpan)) {
  tracer_.waits_[watch_].push_back(this);
}

WaitSpans::~WaitSpans() {
  const auto found = tracer_.waits_.find(watch_);
  Tracer::Waits& waits = found->second;
  waits.erase(std::find(waits.begin(), waits.end(), this));
  if (waits.empty()) tracer_.waits_.erase(found);
}

void WaitSpans::OnPoll(Span& poll) {
  const SpanScope& call = call_->span().children();
  poll.AddLink(call.parent, call.tracestate);
  poll_ = poll.children().parent;
}

void WaitSpans::OnState(v1::Source source, bool is_last) {
  if (wait_ == nullptr) return;
  wait_->Set(kSourceAttribute, NameOf(source));
  const bool is_polled = source == v1::SOURCE_GET || source == v1::SOURCE_LIST;
  if (is_polled && poll_.has_value()) wait_->AddLink(*poll_);
  poll_.reset();
  wait_.reset();
  if (is_last || ++count_ > kMaxSpans) return;
  wait_ = std::make_unique<Span>(call_->span().children(),
                                 otlp::Span::SPAN_KIND_INTERNAL, kPollWaitSpan);
}

void AddUpdateEvent(const v1::Prediction& prediction, v1::Source source,
                    bool is_last, Span& call) {
  call.AddEvent(kUpdateEvent,
                {{kStatusAttribute, prediction.status_text()},
                 {kSourceAttribute, NameOf(source)}},
                is_last);
}

}  // namespace wriftai
