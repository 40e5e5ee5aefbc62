#include "upstream/rest/http_status.h"

#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "upstream/error_details.h"
#include "upstream/json/error_json.h"
#include "upstream/json/json_limits.h"
#include "upstream/rest/field_path.h"
#include "upstream/rest/rate_limit_headers.h"

namespace wriftai {
namespace {

struct Mapping {
  absl::StatusCode code;
  v1::ErrorReason reason;
};

// Whether every content-type of the response is JSON, with or without
// parameters, and there is at least one.
bool IsJson(const HttpResponse& response) {
  bool is_json = false;
  for (const auto& [name, value] : response.headers) {
    if (name != "content-type") continue;
    const absl::string_view type = value;
    is_json = absl::EqualsIgnoreCase(
        absl::StripAsciiWhitespace(type.substr(0, type.find(';'))),
        "application/json");
    if (!is_json) return false;
  }
  return is_json;
}

bool IsRead(Operation operation) {
  return operation == Operation::kGet || operation == Operation::kList;
}

// Whether the status proves that a create was rejected before it had any
// effect, whether by the API or a proxy.
bool IsRejection(int http) {
  switch (http) {
    case 408:
      return false;
    case 421:
    case 422:
    case 426:
    case 428:
    case 431:
    case 451:
    case 501:
      return true;
    default:
      return http >= 400 && http <= 417;
  }
}

Mapping ServerError(int http, Operation operation) {
  constexpr Mapping kUnavailable = {absl::StatusCode::kUnavailable,
                                    v1::UPSTREAM_UNAVAILABLE};
  if (http == 503 || IsRead(operation)) return kUnavailable;
  if (http == 500 || http == 501) {
    return {absl::StatusCode::kInternal, v1::UPSTREAM_FAILED};
  }
  return kUnavailable;
}

// Whether the response to a create may come from a proxy that forwarded the
// POST. AWS uses 460 and nginx 499 for a client that disconnected. The gateway
// did not, so another proxy did.
bool MayHaveCreated(const HttpResponse& response, const UpstreamError& error) {
  switch (response.status) {
    case 408:
    case 460:
    case 499:
      return true;
    case 429:
    case 503:
      return !IsJson(response) || !error.is_api_shape;
    case 500:
    case 501:
      return false;
    default:
      return response.status >= 500 && response.status <= 599;
  }
}

Mapping MappingFor(int http, Operation operation) {
  using Code = absl::StatusCode;
  switch (http) {
    case 400:
      if (operation == Operation::kCancel) {
        return {Code::kFailedPrecondition, v1::CONFLICT};
      }
      [[fallthrough]];
    case 422:
      return {Code::kInvalidArgument, v1::REQUEST_REFUSED};
    case 401:
      return {Code::kUnauthenticated, v1::TOKEN_REFUSED};
    case 402:
      return {Code::kResourceExhausted, v1::PAYMENT_REQUIRED};
    case 403:
      return {Code::kPermissionDenied, v1::FORBIDDEN};
    case 404:
    case 410:
      return {Code::kNotFound, v1::NOT_FOUND};
    case 408:
      return {Code::kUnavailable, v1::UPSTREAM_UNAVAILABLE};
    case 409:
      return {Code::kFailedPrecondition, v1::CONFLICT};
    case 413:
      return {Code::kInvalidArgument, v1::REQUEST_TOO_LARGE};
    case 429:
      return {Code::kResourceExhausted, v1::RATE_LIMITED};
    default:
      if (http >= 500 && http <= 599) return ServerError(http, operation);
      return {Code::kInternal, v1::UPSTREAM_RESPONSE_INVALID};
  }
}

// Suffix of the message of errors after which the prediction may exist.
constexpr absl::string_view kMayExist =
    "; the prediction may have been created: list predictions before you "
    "retry";

void AddMayExist(absl::Status& status) {
  SetMetadata(kCreateOutcomeKey, kCreateOutcomeIsUnknown, status);
}

// The violation's message, with the part of the location not in the field.
std::string Describe(const UpstreamViolation& violation,
                     const FieldPath& path) {
  return SanitizeText(
      absl::StrCat(path.rest, path.rest.empty() ? "" : ": ", violation.message),
      kMaxQuotedBytes);
}

void AddBadRequest(const UpstreamError& error, const CallSubject& subject,
                   absl::Status& status) {
  google::rpc::BadRequest bad_request;
  for (const UpstreamViolation& violation : error.violations) {
    const FieldPath path = FieldPathOf(violation, subject);
    auto* const added = bad_request.add_field_violations();
    added->set_field(path.field);
    added->set_description(Describe(violation, path));
  }
  if (error.violations.empty()) {
    bad_request.add_field_violations()->set_description(error.message);
  }
  SetDetail(bad_request, status);
}

// The upstream's error for our message, with the name of our field if known.
std::string Summary(const UpstreamError& error, const CallSubject& subject) {
  if (error.violations.empty()) return error.message;
  const UpstreamViolation& first = error.violations.front();
  const FieldPath path = FieldPathOf(first, subject);
  if (path.field.empty()) return error.message;
  const std::string others =
      error.violation_count == 1
          ? ""
          : absl::StrCat("; and ", error.violation_count - 1, " more");
  return absl::StrCat(path.field, ": ", Describe(first, path), others);
}

void AddResourceInfo(const CallSubject& subject, absl::Status& status) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(
      subject.operation == Operation::kCreate ? "model" : "prediction");
  resource.set_resource_name(subject.resource);
  resource.set_description(std::string(status.message()));
  SetDetail(resource, status);
}

void AddQuotaFailure(absl::string_view subject, absl::Status& status) {
  google::rpc::QuotaFailure quota;
  auto* const violation = quota.add_violations();
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(status.message()));
  SetDetail(quota, status);
}

void AddPreconditionFailure(const CallSubject& subject, absl::Status& status) {
  google::rpc::PreconditionFailure failure;
  auto* const violation = failure.add_violations();
  violation->set_type("STATE");
  violation->set_subject(subject.resource);
  violation->set_description(std::string(status.message()));
  SetDetail(failure, status);
}

void AddErrorInfo(v1::ErrorReason reason, const HttpResponse& response,
                  absl::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(v1::ErrorReason_Name(reason));
  info.set_domain(kUpstreamDomain);
  (*info.mutable_metadata())["http_status"] = absl::StrCat(response.status);
  const std::string request_id = UpstreamRequestId(response);
  if (!request_id.empty()) {
    (*info.mutable_metadata())["upstream_request_id"] = request_id;
  }
  SetDetail(info, status);
}

void AddUpstreamError(const UpstreamError& error, absl::Status& status) {
  const std::pair<absl::string_view, absl::string_view> entries[] = {
      {"upstream_error_type", error.type},
      {"upstream_error_code", error.code},
      {"upstream_error_detail", error.detail}};
  for (const auto& [key, value] : entries) {
    if (!value.empty()) SetMetadata(key, value, status);
  }
}

absl::string_view OperationName(Operation operation) {
  switch (operation) {
    case Operation::kGet:
      return "get";
    case Operation::kList:
      return "list";
    case Operation::kCreate:
      return "create";
    case Operation::kCancel:
      return "cancel";
  }
  return "";
}

}  // namespace

absl::Status StatusFromResponse(const HttpResponse& response,
                                const CallSubject& subject,
                                absl::Time wall_now) {
  auto [code, reason] = MappingFor(response.status, subject.operation);
  const UpstreamError error = UpstreamErrorFromBody(response.body);
  const bool creates = subject.operation == Operation::kCreate;
  if (creates && MayHaveCreated(response, error)) {
    code = absl::StatusCode::kUnknown;
    reason = v1::CREATE_OUTCOME_UNKNOWN;
  }
  const bool may_exist =
      creates &&
      (code == absl::StatusCode::kUnknown ||
       (code == absl::StatusCode::kInternal && !IsRejection(response.status)));
  const std::string detail = Summary(error, subject);
  const bool is_redirect = response.status >= 300 && response.status < 400;
  absl::Status status(
      code, absl::StrCat("WriftAI returned ", response.status, " for the ",
                         OperationName(subject.operation),
                         detail.empty() ? "" : ": ", detail,
                         is_redirect ? "; redirects are not followed, check "
                                       "--api_base_url"
                                     : "",
                         may_exist ? kMayExist : ""));
  AddErrorInfo(reason, response, status);
  AddUpstreamError(error, status);
  if (may_exist) AddMayExist(status);
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      AddBadRequest(error, subject, status);
      break;
    case absl::StatusCode::kNotFound:
      AddResourceInfo(subject, status);
      break;
    case absl::StatusCode::kFailedPrecondition:
      AddPreconditionFailure(subject, status);
      break;
    case absl::StatusCode::kResourceExhausted:
      AddQuotaFailure(response.status == 402 ? "billing" : "rate limit",
                      status);
      break;
    default:
      break;
  }
  // RetryInfo only for errors that may be retried.
  const bool is_limit = reason == v1::RATE_LIMITED;
  if (is_limit || code == absl::StatusCode::kUnavailable) {
    auto delay = RetryDelayFrom(RateLimitFromHeaders(response, wall_now));
    if (is_limit && !delay.has_value()) delay = kDefaultRetryDelay;
    if (delay.has_value()) SetRetryDelay(*delay, status);
  }
  return status;
}

std::string UpstreamRequestId(const HttpResponse& response) {
  return SanitizeId(response.Header("x-request-id"));
}

absl::Status StatusFromFailure(const TransportFailure& failure,
                               const CallSubject& subject, bool by_deadline) {
  using Kind = TransportFailure::Kind;
  const std::string detail = SanitizeText(failure.message, kMaxQuotedBytes);
  const std::string message =
      failure.kind == Kind::kProtocol
          ? absl::StrCat("cannot parse WriftAI's response: ", detail)
          : absl::StrCat("the ", OperationName(subject.operation),
                         " got no response from WriftAI: ", detail);
  const bool may_exist =
      subject.operation == Operation::kCreate && failure.maybe_sent;
  if (failure.kind == Kind::kResponseTooLarge) {
    absl::Status status = GatewayError(
        absl::StatusCode::kInternal, v1::UPSTREAM_RESPONSE_INVALID,
        absl::StrCat("WriftAI's response to the ",
                     OperationName(subject.operation),
                     " is too large: ", detail, may_exist ? kMayExist : ""));
    SetMetadata(kCauseKey, kCauseTooLarge, status);
    if (may_exist) AddMayExist(status);
    return status;
  }
  if (may_exist) {
    absl::Status status =
        GatewayError(absl::StatusCode::kUnknown, v1::CREATE_OUTCOME_UNKNOWN,
                     absl::StrCat(message, kMayExist));
    AddMayExist(status);
    return status;
  }
  if (failure.kind == Kind::kMemoryExhausted) {
    absl::Status status = GatewayError(
        absl::StatusCode::kResourceExhausted, v1::MESSAGE_MEMORY_EXHAUSTED,
        absl::StrCat(detail, " (--message_memory); retry later"));
    SetRetryDelay(kDefaultRetryDelay, status);
    return status;
  }
  if (failure.kind == Kind::kProtocol) {
    return GatewayError(absl::StatusCode::kInternal,
                        v1::UPSTREAM_RESPONSE_INVALID, message);
  }
  if (failure.kind == Kind::kInvalidRequest) {
    return GatewayError(absl::StatusCode::kInternal, v1::REQUEST_NOT_SENDABLE,
                        message);
  }
  if (failure.kind == Kind::kTimeout && by_deadline) {
    return GatewayError(absl::StatusCode::kDeadlineExceeded,
                        v1::DEADLINE_EXCEEDED,
                        absl::StrCat(message, ", the caller's deadline"));
  }
  return GatewayError(absl::StatusCode::kUnavailable, v1::UPSTREAM_UNREACHABLE,
                      message);
}

absl::Status InvalidResponse(const HttpResponse& response,
                             const CallSubject& subject,
                             absl::string_view why) {
  const bool may_exist = subject.operation == Operation::kCreate;
  absl::Status status = absl::InternalError(absl::StrCat(
      "cannot parse WriftAI's response: ", why, may_exist ? kMayExist : ""));
  AddErrorInfo(v1::UPSTREAM_RESPONSE_INVALID, response, status);
  if (may_exist) AddMayExist(status);
  return status;
}

}  // namespace wriftai
