#include "service/telemetry/call_recorder.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/logging/log_fields.h"
#include "service/telemetry/call_trace_attributes.h"
#include "spdlog/spdlog.h"
#include "upstream/error_details.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {
namespace {

using Level = spdlog::level::level_enum;

bool IsStreamAgeReached(const absl::Status& status) {
  return ReasonOf(status) == v1::STREAM_AGE_REACHED;
}

// Warnings and errors are for operators. Caller errors, cancellations, drains,
// streams that reached their age, and calls that another replica repeats at the
// next owner are info.
Level LevelOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return spdlog::level::err;
    case absl::StatusCode::kUnavailable:
      return ReasonOf(status) == v1::DRAINING ||
                     ReasonOf(status) == v1::NOT_OWNER ||
                     IsStreamAgeReached(status)
                 ? spdlog::level::info
                 : spdlog::level::warn;
    case absl::StatusCode::kResourceExhausted:
      return spdlog::level::warn;
    default:
      return spdlog::level::info;
  }
}

// The failed upstream request, from the error's details: a poll or another
// caller's create. Used if the call made no upstream request itself.
CallTrace TraceOf(const absl::Status& status) {
  CallTrace trace;
  static_cast<void>(
      absl::SimpleAtoi(MetadataOf("http_status", status), &trace.http_status));
  std::string id = MetadataOf("upstream_request_id", status);
  if (!id.empty()) trace.request_ids.push_back(std::move(id));
  return trace;
}

CallTrace UpstreamOf(const CallRecord& record, const absl::Status& status) {
  if (record.upstream != nullptr && record.upstream->requests > 0) {
    return *record.upstream;
  }
  return TraceOf(status);
}

void AddIdentity(const CallRecord& record, LogFields& fields) {
  fields.Add("request_id", record.request_id);
  if (record.trace.has_value()) {
    fields.Add("trace_id", record.trace->trace_id());
    fields.Add("span_id", record.span_id);
    fields.AddIfAny("parent_span_id", record.trace->parent_id());
  }
  fields.AddIfAny("peer", record.peer);
  fields.AddIfAny("credential", record.credential);
  fields.AddIfAny("prediction_id", record.prediction_id);
  fields.AddIfAny("model", record.model);
}

std::string StartLine(const CallRecord& record, LogFormat format) {
  LogFields fields(format, "call started");
  fields.Add("grpc_method", FullName(record.method));
  AddIdentity(record, fields);
  return fields.text();
}

// The name of the reason, or empty.
std::string ReasonName(const absl::Status& status) {
  const v1::ErrorReason reason = ReasonOf(status);
  return reason == v1::ERROR_REASON_UNSPECIFIED ? std::string()
                                                : v1::ErrorReason_Name(reason);
}

std::string EndLine(const CallRecord& record, const absl::Status& status,
                    absl::Duration duration, int64_t suppressed,
                    LogFormat format) {
  LogFields fields(format, "call ended");
  fields.Add("grpc_method", FullName(record.method));
  fields.Add("grpc_status", absl::StatusCodeToString(status.code()));
  if (!status.ok()) fields.AddIfAny("reason", ReasonName(status));
  fields.Add("duration_seconds", duration);
  AddIdentity(record, fields);
  if (record.method->server_streaming()) {
    fields.Add("updates", record.updates);
  }
  fields.Add("received_bytes", record.received_bytes);
  fields.Add("sent_bytes", record.sent_bytes);
  const CallTrace upstream = UpstreamOf(record, status);
  if (upstream.requests > 0) {
    fields.Add("upstream_requests", upstream.requests);
  }
  if (upstream.http_status != 0) {
    fields.Add("upstream_http_status", upstream.http_status);
  }
  if (!upstream.request_ids.empty()) {
    fields.Add("upstream_request_ids", upstream.request_ids);
  }
  if (suppressed > 0) fields.Add("suppressed_lines", suppressed);
  return fields.text();
}

// The kind of a line, for throttling of similar lines.
std::string KindOf(const CallRecord& record, const absl::Status& status) {
  return absl::StrCat(record.method->index(), " ",
                      static_cast<int>(status.code()), " ",
                      static_cast<int>(ReasonOf(status)));
}

}  // namespace

CallRecorder::CallRecorder(const EventLoop& event_loop,
                           std::shared_ptr<spdlog::logger> logger,
                           LogFormat format, Tracer* tracer)
    : event_loop_(event_loop),
      logger_(std::move(logger)),
      format_(format),
      tracer_(tracer) {}

void CallRecorder::Begin(const CallRecord& record) {
  ++stats_.started[record.method];
  if (logger_->should_log(spdlog::level::debug)) {
    logger_->debug(StartLine(record, format_));
  }
}

void CallRecorder::End(const absl::Status& status, CallRecord& record) {
  if (std::exchange(record.ended, true)) return;
  if (record.span != nullptr) EndSpan(status, record);
  const absl::Duration duration = event_loop_.Now() - record.started_at;
  CallStats::Ended& ended = stats_.ended[{record.method, status.code()}];
  ended.duration.Add(duration);
  ended.sent.Add(static_cast<double>(record.sent_bytes));
  ended.received.Add(static_cast<double>(record.received_bytes));
  const CallOutcome outcome =
      OutcomeOf(status, record.credential, record.method->server_streaming());
  ++stats_.outcomes[static_cast<size_t>(record.method->index())]
                   [static_cast<size_t>(outcome)];
  const Level level = LevelOf(status);
  if (logger_->should_log(level)) {
    // Successful calls are all logged: budgets and tokens bound their number.
    const std::optional<int64_t> suppressed =
        status.ok()
            ? 0
            : throttle_.Admit(KindOf(record, status), event_loop_.Now());
    stats_.suppressed_lines = throttle_.suppressed();
    if (suppressed.has_value()) {
      logger_->log(level,
                   EndLine(record, status, duration, *suppressed, format_));
    }
  }
  if (outcome == CallOutcome::kOk || outcome == CallOutcome::kRoutine) return;
  FailedCall failed = DescribeError(status);
  failed.time = event_loop_.WallNow();
  failed.method = record.method->name();
  failed.request_id = record.request_id;
  failed.credential = record.credential;
  (outcome == CallOutcome::kFailure ? errors_ : caller_mistakes_)
      .Add(std::move(failed));
}

void CallRecorder::OnPollFailed(const Credential& credential,
                                const absl::Status& status) {
  errors_.Add(event_loop_.WallNow(), kPollMethod, credential.display_name(),
              status);
}

}  // namespace wriftai
