#ifndef WRIFTAI_UPSTREAM_REQUEST_SPANS_H_
#define WRIFTAI_UPSTREAM_REQUEST_SPANS_H_

#include <memory>

namespace wriftai {

struct CallSubject;
struct HttpRequest;
struct HttpResponse;
struct TransportFailure;

// A step of a call that is recorded in a trace. It ends when it is destroyed.
class StepSpan {
 public:
  virtual ~StepSpan() = default;
};

// An upstream request that is recorded. It ends when it is destroyed: without a
// result, it was cancelled.
class RequestSpan : public StepSpan {
 public:
  // At most one of these.
  virtual void OnResponse(const HttpResponse& response) = 0;
  virtual void OnFailure(const TransportFailure& failure) = 0;
};

// Records in a trace what one call does upstream. CallTrace has one if the call
// is recorded.
//
// Threads: loop. Fails: never.
class RequestSpans {
 public:
  virtual ~RequestSpans() = default;

  // The call starts to wait for a permit of the budget.
  virtual std::unique_ptr<StepSpan> BeginBudgetWait() = 0;

  // The request is sent now, for the first time or again (`resends` > 0). Its
  // trace headers are replaced: the span becomes their parent.
  virtual std::unique_ptr<RequestSpan> BeginRequest(const CallSubject& subject,
                                                    int resends,
                                                    HttpRequest& request) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REQUEST_SPANS_H_
