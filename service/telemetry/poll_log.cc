#include "service/telemetry/poll_log.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

absl::string_view NameOf(PollReason reason) {
  switch (reason) {
    case PollReason::kNone:
      return "none";
    case PollReason::kInFlight:
      return "in_flight";
    case PollReason::kFirst:
      return "first";
    case PollReason::kInterval:
      return "interval";
    case PollReason::kWebhookActive:
      return "webhook_active";
    case PollReason::kOutput:
      return "output";
    case PollReason::kBackoff:
      return "backoff";
    case PollReason::kPageInFlight:
      return "page_in_flight";
    case PollReason::kCircuitBreaker:
      return "circuit_breaker";
    case PollReason::kHangingGets:
      return "hanging_gets";
    case PollReason::kMaxInFlight:
      return "max_in_flight";
  }
  return "unknown";
}

absl::string_view NameOf(PollKind kind) {
  return kind == PollKind::kGet ? "get" : "page";
}

}  // namespace

LogFields PollLog::Line(absl::string_view message,
                        const Credential& credential) const {
  LogFields line(format_, message);
  line.Add("credential", credential.display_name());
  return line;
}

void PollLog::OnPlanned(const Credential& credential, absl::string_view id,
                        PollReason reason, absl::Duration due_in) {
  LogFields line = Line("poll planned", credential);
  line.Add("prediction_id", id);
  line.Add("poll_reason", NameOf(reason));
  if (due_in != absl::InfiniteDuration()) line.Add("due_in_seconds", due_in);
  Write(line);
}

void PollLog::OnBudgetWait(const Credential& credential,
                           const BudgetStats& budget,
                           absl::Duration expected_in) {
  LogFields line = Line("polls wait for the budget", credential);
  line.Add("due_in_seconds", expected_in);
  line.Add("queued_calls", budget.queued);
  line.Add("outstanding_requests", budget.outstanding);
  Write(line);
}

void PollLog::OnSent(const Credential& credential, absl::string_view id,
                     PollKind kind, absl::Duration late) {
  LogFields line = Line("poll sent", credential);
  line.Add("prediction_id", id);
  line.Add("poll_kind", NameOf(kind));
  line.Add("late_seconds", late);
  Write(line);
}

void PollLog::OnResult(const Credential& credential, absl::string_view id,
                       PollKind kind, const absl::Status& status) {
  LogFields line = Line("poll ended", credential);
  line.Add("prediction_id", id);
  line.Add("poll_kind", NameOf(kind));
  line.Add("grpc_status", absl::StatusCodeToString(status.code()));
  const v1::ErrorReason reason = ReasonOf(status);
  if (reason != v1::ERROR_REASON_UNSPECIFIED) {
    line.Add("reason", v1::ErrorReason_Name(reason));
  }
  Write(line);
}

void PollLog::OnNotified(const Credential& credential, absl::string_view id,
                         const Snapshot& snapshot, int64_t waiters) {
  LogFields line = Line("waiters notified", credential);
  line.Add("prediction_id", id);
  line.Add("prediction_status", snapshot.prediction.status_text());
  line.Add("source", absl::AsciiStrToLower(absl::StripPrefix(
                         v1::Source_Name(snapshot.source), "SOURCE_")));
  line.Add("waiters", waiters);
  Write(line);
}

}  // namespace wriftai
