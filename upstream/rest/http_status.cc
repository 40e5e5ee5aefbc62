#include "upstream/rest/http_status.h"

#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "upstream/error_details.h"
#include "upstream/json/error_json.h"
#include "upstream/rest/rate_limit_headers.h"

namespace wriftai {
namespace {

struct Meaning {
  absl::StatusCode code;
  absl::string_view reason;
};

bool IsRead(Operation operation) {
  return operation == Operation::kGet || operation == Operation::kList;
}

Meaning ServerError(int http, Operation operation) {
  constexpr Meaning kUnavailable = {absl::StatusCode::kUnavailable,
                                    "UPSTREAM_UNAVAILABLE"};
  if (http == 503 || IsRead(operation)) return kUnavailable;
  if (http == 500 || http == 501) {
    return {absl::StatusCode::kInternal, "UPSTREAM_FAILED"};
  }
  if (operation == Operation::kCreate) {
    return {absl::StatusCode::kUnknown, kCreateOutcomeUnknown};
  }
  return kUnavailable;
}

Meaning MeaningOf(int http, Operation operation) {
  using Code = absl::StatusCode;
  switch (http) {
    case 400:
      if (operation == Operation::kCancel) {
        return {Code::kFailedPrecondition, "CONFLICT"};
      }
      [[fallthrough]];
    case 422:
      return {Code::kInvalidArgument, "REQUEST_REFUSED"};
    case 401:
      return {Code::kUnauthenticated, "TOKEN_REFUSED"};
    case 402:
      return {Code::kResourceExhausted, kPaymentRequired};
    case 403:
      return {Code::kPermissionDenied, "FORBIDDEN"};
    case 404:
    case 410:
      return {Code::kNotFound, "NOT_FOUND"};
    case 408:
      return {Code::kUnavailable, "UPSTREAM_UNAVAILABLE"};
    case 409:
      return {Code::kFailedPrecondition, "CONFLICT"};
    case 413:
      return {Code::kInvalidArgument, "REQUEST_TOO_LARGE"};
    case 429:
      return {Code::kResourceExhausted, "RATE_LIMITED"};
    default:
      if (http >= 500 && http <= 599) return ServerError(http, operation);
      return {Code::kInternal, kUpstreamResponseInvalid};
  }
}

// The path in our request of what the upstream complains about, from the
// location in its own (FastAPI: the part of the request, then the way down).
std::string FieldPath(const UpstreamViolation& violation) {
  static constexpr std::pair<absl::string_view, absl::string_view> kRenamed[] =
      {{"path.prediction_id", "id"},
       {"path.model_owner", "model"},
       {"path.model_name", "model"},
       {"path.number", "model"},
       {"query.cursor", "page_token"},
       {"query.page_size", "page_size"},
       {"header.prefer", "server_wait"},
       {"header.Prefer", "server_wait"},
       {"header.validate-input", "validate_input"},
       {"header.Validate-Input", "validate_input"},
       {"header.authorization", "authorization"},
       {"header.Authorization", "authorization"}};
  std::string path;
  for (const auto& step : violation.location) {
    if (const auto* index = std::get_if<int64_t>(&step)) {
      absl::StrAppend(&path, "[", *index, "]");
    } else {
      absl::StrAppend(&path, path.empty() ? "" : ".",
                      std::get<std::string>(step));
    }
  }
  for (const auto& [theirs, ours] : kRenamed) {
    if (path == theirs) return std::string(ours);
  }
  absl::string_view body_path = path;
  if (absl::StartsWith(body_path, "body.")) body_path.remove_prefix(5);
  return std::string(body_path);
}

void AddBadRequest(const UpstreamError& error, absl::Status& status) {
  google::rpc::BadRequest bad_request;
  for (const UpstreamViolation& violation : error.violations) {
    auto* const added = bad_request.add_field_violations();
    added->set_field(FieldPath(violation));
    added->set_description(violation.message);
  }
  if (error.violations.empty()) {
    bad_request.add_field_violations()->set_description(error.message);
  }
  SetDetail(bad_request, status);
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

void AddErrorInfo(absl::string_view reason, const HttpResponse& response,
                  absl::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kUpstreamDomain);
  (*info.mutable_metadata())["http_status"] = absl::StrCat(response.status);
  const absl::string_view request_id = UpstreamRequestId(response);
  if (!request_id.empty()) {
    (*info.mutable_metadata())["upstream_request_id"] = std::string(request_id);
  }
  SetDetail(info, status);
}

absl::string_view NameOf(Operation operation) {
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

absl::Status StatusFromReply(const HttpResponse& response,
                             const CallSubject& subject, absl::Time wall_now) {
  const auto [code, reason] = MeaningOf(response.status, subject.operation);
  const UpstreamError error = UpstreamErrorFromBody(response.body);
  absl::Status status(
      code, absl::StrCat("WriftAI answered ", response.status, " to the ",
                         NameOf(subject.operation),
                         error.message.empty() ? "" : ": ", error.message));
  AddErrorInfo(reason, response, status);
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      AddBadRequest(error, status);
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
  if (response.status == 429 || response.status == 503) {
    const RateLimit rate = RateLimitFromHeaders(response, wall_now);
    if (rate.reset_after.has_value()) SetRetryDelay(*rate.reset_after, status);
  }
  return status;
}

absl::string_view UpstreamRequestId(const HttpResponse& response) {
  constexpr size_t kMostBytes = 128;
  return response.Header("x-request-id").substr(0, kMostBytes);
}

absl::Status StatusFromFailure(const TransportFailure& failure,
                               const CallSubject& subject, bool by_deadline) {
  using Kind = TransportFailure::Kind;
  const std::string message =
      absl::StrCat("the ", NameOf(subject.operation),
                   " got no answer from WriftAI: ", failure.message);
  if (failure.kind == Kind::kResponseTooLarge) {
    absl::Status status = GatewayError(absl::StatusCode::kInternal,
                                       kUpstreamResponseInvalid, message);
    SetMetadata(kCauseKey, kCauseTooLarge, status);
    return status;
  }
  if (subject.operation == Operation::kCreate && failure.maybe_sent) {
    return GatewayError(
        absl::StatusCode::kUnknown, kCreateOutcomeUnknown,
        absl::StrCat(message,
                     "; the prediction may have been created: look for it in "
                     "the list before you create it again"));
  }
  if (failure.kind == Kind::kInvalidRequest) {
    return GatewayError(absl::StatusCode::kInternal, "REQUEST_NOT_SENDABLE",
                        message);
  }
  if (failure.kind == Kind::kTimeout && by_deadline) {
    return GatewayError(absl::StatusCode::kDeadlineExceeded,
                        "DEADLINE_EXCEEDED",
                        absl::StrCat(message,
                                     ", which is the caller's "
                                     "deadline"));
  }
  return GatewayError(absl::StatusCode::kUnavailable, "UPSTREAM_UNREACHABLE",
                      message);
}

absl::Status InvalidReply(const HttpResponse& response, absl::string_view why) {
  absl::Status status = absl::InternalError(
      absl::StrCat("WriftAI's answer cannot be understood: ", why));
  AddErrorInfo(kUpstreamResponseInvalid, response, status);
  return status;
}

}  // namespace wriftai
