#include "service/tracing/call_span.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/tracing/span_names.h"
#include "upstream/http/http_message.h"
#include "upstream/rest/call_subject.h"
#include "upstream/rest/http_status.h"

namespace wriftai {
namespace {

constexpr int kFirstErrorStatus = 400;

class BudgetWaitSpan final : public StepSpan {
 public:
  explicit BudgetWaitSpan(const SpanScope& parent)
      : event_loop_(*parent.event_loop),
        started_(event_loop_.Now()),
        span_(parent, otlp::Span::SPAN_KIND_INTERNAL, kBudgetWaitSpan) {}
  ~BudgetWaitSpan() override {
    if (event_loop_.Now() - started_ < kMinBudgetWait) span_.Discard();
  }

 private:
  const EventLoop& event_loop_;
  const absl::Time started_;
  Span span_;
};

absl::string_view TypeOf(TransportFailure::Kind kind) {
  switch (kind) {
    case TransportFailure::Kind::kInvalidRequest:
      return "invalid_request";
    case TransportFailure::Kind::kConnect:
      return "connect";
    case TransportFailure::Kind::kInterrupted:
      return "interrupted";
    case TransportFailure::Kind::kTimeout:
      return "timeout";
    case TransportFailure::Kind::kResponseTooLarge:
      return "response_too_large";
    case TransportFailure::Kind::kMemoryExhausted:
      return "memory_exhausted";
    case TransportFailure::Kind::kProtocol:
      return "protocol";
  }
  return "_OTHER";
}

// The path with names for what varies, as url.template.
absl::string_view TemplateOf(Operation operation, absl::string_view url) {
  switch (operation) {
    case Operation::kGet:
      return "/predictions/{id}";
    case Operation::kList:
      return "/predictions";
    case Operation::kCreate:
      return absl::StrContains(url, "/models/")
                 ? "/models/{owner}/{name}/predictions"
                 : "/predictions";
    case Operation::kCancel:
      return "/predictions/{id}/cancel";
  }
  return "";
}

// Host and port of a valid absolute URL.
void SetServer(absl::string_view url, Span& span) {
  const bool https = absl::ConsumePrefix(&url, "https://");
  if (!https) absl::ConsumePrefix(&url, "http://");
  absl::string_view host = url.substr(0, url.find_first_of("/?"));
  int port = https ? 443 : 80;
  const size_t colon = host.rfind(':');
  if (colon != absl::string_view::npos &&
      absl::SimpleAtoi(host.substr(colon + 1), &port)) {
    host = host.substr(0, colon);
  }
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  span.Set("server.address", host);
  span.Set("server.port", port);
}

class HttpSpan final : public RequestSpan {
 public:
  HttpSpan(const SpanScope& parent, const CallSubject& subject, int resends,
           const HttpRequest& request)
      : span_(parent, otlp::Span::SPAN_KIND_CLIENT, "") {
    const absl::string_view method =
        request.method == HttpMethod::kGet ? "GET" : "POST";
    const absl::string_view path = TemplateOf(subject.operation, request.url);
    span_.SetName(absl::StrCat(method, " ", path));
    span_.Set("http.request.method", method);
    span_.Set("url.full", request.url);
    span_.Set("url.template", path);
    SetServer(request.url, span_);
    if (resends > 0) span_.Set("http.request.resend_count", resends);
    span_.Set(subject.operation == Operation::kCreate ? kModelAttribute
                                                      : kPredictionAttribute,
              subject.resource);
  }

  ~HttpSpan() override {
    if (!has_result_) span_.Fail("cancelled");
  }

  const SpanScope& children() const { return span_.children(); }

  void OnResponse(const HttpResponse& response) override {
    has_result_ = true;
    span_.Set("http.response.status_code", response.status);
    span_.Set(kUpstreamIdAttribute, UpstreamRequestId(response));
    if (response.status >= kFirstErrorStatus) {
      span_.Fail(absl::StrCat(response.status));
    }
    span_.End();
  }

  void OnFailure(const TransportFailure& failure) override {
    has_result_ = true;
    span_.Fail(TypeOf(failure.kind));
    span_.End();
  }

 private:
  Span span_;
  bool has_result_ = false;
};

void SetHeader(absl::string_view name, std::string value,
               HttpRequest& request) {
  auto& headers = request.headers;
  headers.erase(
      std::remove_if(headers.begin(), headers.end(),
                     [&](const auto& header) { return header.first == name; }),
      headers.end());
  if (!value.empty()) headers.emplace_back(name, std::move(value));
}

}  // namespace

std::unique_ptr<StepSpan> CallSpan::BeginBudgetWait() {
  return std::make_unique<BudgetWaitSpan>(span_.children());
}

std::unique_ptr<RequestSpan> CallSpan::BeginRequest(const CallSubject& subject,
                                                    int resends,
                                                    HttpRequest& request) {
  auto span =
      std::make_unique<HttpSpan>(span_.children(), subject, resends, request);
  const SpanScope& children = span->children();
  SetHeader("traceparent",
            children.parent.WithParent(children.parent.parent_id()), request);
  SetHeader("tracestate", children.tracestate, request);
  return span;
}

}  // namespace wriftai
