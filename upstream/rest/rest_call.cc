#include "upstream/rest/rest_call.h"

#include <algorithm>
#include <utility>

#include "upstream/error_details.h"
#include "upstream/rest/rate_limit_headers.h"

namespace wriftai {
namespace {

constexpr int kTooManyRequests = 429;  // RFC 6585, section 4.

void RecordResponse(const HttpResponse& response, CallTrace& trace) {
  trace.http_status = response.status;
  std::string id = UpstreamRequestId(response);
  if (!id.empty()) trace.request_ids.push_back(std::move(id));
}

}  // namespace

RestCall::RestCall(EventLoop& event_loop, HttpTransport& transport,
                   Random& random, std::shared_ptr<Budget> budget,
                   Permit permit, HttpRequest request, Options options,
                   Done done)
    : event_loop_(event_loop),
      transport_(transport),
      random_(random),
      budget_(std::move(budget)),
      request_(std::move(request)),
      options_(std::move(options)),
      done_(std::move(done)) {
  if (event_loop_.Now() < options_.deadline) {
    if (permit) {
      SendWith(std::move(permit));
    } else {
      Attempt();
    }
    return;
  }
  permit.Release();
  timer_ = event_loop_.RunAt(event_loop_.Now(), [this] {
    Finish(GatewayError(absl::StatusCode::kDeadlineExceeded,
                        v1::DEADLINE_EXCEEDED,
                        "the deadline passed before the call was sent"));
  });
}

void RestCall::Attempt() {
  if (auto permit = budget_->TryAcquire(Priority::kCall)) {
    SendWith(*std::move(permit));
    return;
  }
  if (spans() != nullptr) permit_wait_span_ = spans()->BeginBudgetWait();
  permit_wait_ = budget_->Acquire(options_.deadline,
                                  [this](absl::StatusOr<Permit> permit) {
                                    permit_wait_span_.reset();
                                    if (permit.ok()) {
                                      SendWith(*std::move(permit));
                                    } else {
                                      Finish(permit.status());
                                    }
                                  });
}

void RestCall::SendWith(Permit permit) {
  permit_ = std::move(permit);
  ++attempts_;
  if (options_.trace != nullptr) ++options_.trace->requests;
  HttpRequest request = request_;
  sent_token_ = options_.credential->token();
  request.bearer = sent_token_;
  sent_at_ = event_loop_.Now();
  const absl::Duration remaining = options_.deadline - sent_at_;
  const bool by_deadline = remaining < request.timeout;
  request.timeout = std::min(request.timeout, remaining);
  if (spans() != nullptr) {
    attempt_span_ =
        spans()->BeginRequest(options_.subject, attempts_ - 1, request);
  }
  attempt_ = transport_.Send(std::move(request),
                             [this, by_deadline](HttpResult result) {
                               OnResult(std::move(result), by_deadline);
                             });
}

void RestCall::OnResult(HttpResult result, bool by_deadline) {
  const UpstreamResult ended = UpstreamResult::Of(result, by_deadline);
  const absl::Time now = event_loop_.Now();
  if (options_.stats != nullptr) {
    options_.stats->Add(options_.subject.operation, ended, now - sent_at_);
  }
  sent_at_ = absl::InfiniteFuture();
  if (options_.health != nullptr) options_.health->OnResult(ended, now);
  absl::Status status;
  const auto span = std::move(attempt_span_);
  if (auto* const response = std::get_if<HttpResponse>(&result)) {
    if (span != nullptr) span->OnResponse(*response);
    permit_.OnResponse(RateLimitFromHeaders(*response, event_loop_.WallNow()),
                       response->status == kTooManyRequests);
    if (options_.trace != nullptr) RecordResponse(*response, *options_.trace);
    if (response->status >= 200 && response->status <= 299) {
      Finish(std::move(*response));
      return;
    }
    status =
        StatusFromResponse(*response, options_.subject, event_loop_.WallNow());
  } else {
    permit_ = Permit();
    const auto& failure = std::get<TransportFailure>(result);
    if (span != nullptr) span->OnFailure(failure);
    status = StatusFromFailure(failure, options_.subject, by_deadline);
  }
  if (WasRotated(status)) {
    sent_after_rotation_ = true;
    Attempt();
    return;
  }
  if (attempts_ < options_.max_attempts && IsRetryable(status)) {
    const absl::Duration delay =
        std::max(options_.backoff.Delay(attempts_, random_),
                 RetryDelay(status).value_or(absl::ZeroDuration()));
    // A retry after the deadline, or minutes away, would only delay the error.
    if (delay <= kMaxReadRetryDelay &&
        event_loop_.Now() + delay < options_.deadline) {
      timer_ =
          event_loop_.RunAt(event_loop_.Now() + delay, [this] { Attempt(); });
      return;
    }
  }
  Finish(std::move(status));
}

// An attempt in flight is dropped: nobody waits for its response any more.
void RestCall::OnDropped() {
  if (sent_at_ == absl::InfiniteFuture()) return;
  if (options_.stats != nullptr) {
    options_.stats->Add(options_.subject.operation, UpstreamResult::Canceled(),
                        event_loop_.Now() - sent_at_);
  }
  sent_at_ = absl::InfiniteFuture();
}

// Whether the rejected token has been replaced since it was sent.
bool RestCall::WasRotated(const absl::Status& status) {
  return absl::IsUnauthenticated(status) && !sent_after_rotation_ &&
         options_.credential->ReloadedToken() != sent_token_;
}

void RestCall::Abort(const absl::Status& unsent) {
  if (done_ == nullptr) return;  // It has ended, and its owner keeps it.
  const bool sent = attempt_ != nullptr;
  OnDropped();
  attempt_.reset();
  attempt_span_.reset();
  permit_wait_.reset();
  permit_wait_span_.reset();
  timer_.reset();
  if (sent && options_.subject.operation == Operation::kCreate) {
    TransportFailure failure;
    failure.message = std::string(unsent.message());
    Finish(StatusFromFailure(failure, options_.subject, false));
  } else {
    Finish(unsent);
  }
}

void RestCall::Finish(absl::StatusOr<HttpResponse> response) {
  // `done` may destroy this.
  Done done = std::exchange(done_, nullptr);
  done(std::move(response));
}

}  // namespace wriftai
