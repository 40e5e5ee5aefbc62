#ifndef WRIFTAI_SERVICE_TRACING_CALL_SPAN_H_
#define WRIFTAI_SERVICE_TRACING_CALL_SPAN_H_

#include <memory>

#include "service/tracing/span.h"
#include "upstream/request_spans.h"

namespace wriftai {

// A shorter wait for the budget is the loop's own work, and is not recorded.
inline constexpr absl::Duration kMinBudgetWait = absl::Milliseconds(1);

// The span of a call or a poll, and the spans of its upstream requests and its
// waits for the budget. The latter may outlive its end: a create goes on after
// its caller has left.
//
// Threads: made on any, then the loop. Fails: never.
class CallSpan final : public RequestSpans {
 public:
  // See Span.
  template <typename... Args>
  explicit CallSpan(Args&&... args) : span_(std::forward<Args>(args)...) {}

  Span& span() { return span_; }

  std::unique_ptr<StepSpan> BeginBudgetWait() override;
  std::unique_ptr<RequestSpan> BeginRequest(const CallSubject& subject,
                                            int resends,
                                            HttpRequest& request) override;

 private:
  Span span_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_CALL_SPAN_H_
