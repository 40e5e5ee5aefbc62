#ifndef WRIFTAI_SERVICE_TRACING_SPAN_NAMES_H_
#define WRIFTAI_SERVICE_TRACING_SPAN_NAMES_H_

// Names of spans, events and attributes that OpenTelemetry's semantic
// conventions do not have. docs/traces.md lists them.

namespace wriftai {

inline constexpr char kBudgetWaitSpan[] = "wait for budget";
inline constexpr char kPollWaitSpan[] = "wait for poll";
inline constexpr char kPollSpan[] = "poll";
inline constexpr char kPagePollSpan[] = "poll page";
inline constexpr char kUpdateEvent[] = "update";

inline constexpr char kRequestIdAttribute[] = "wriftai.request_id";
inline constexpr char kCredentialAttribute[] = "wriftai.credential";
inline constexpr char kPredictionAttribute[] = "wriftai.prediction.id";
inline constexpr char kStatusAttribute[] = "wriftai.prediction.status";
inline constexpr char kModelAttribute[] = "wriftai.model";
inline constexpr char kReasonAttribute[] = "wriftai.error.reason";
inline constexpr char kSourceAttribute[] = "wriftai.source";
inline constexpr char kUpdatesAttribute[] = "wriftai.updates";
inline constexpr char kUpstreamIdAttribute[] = "wriftai.upstream.request_id";

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_SPAN_NAMES_H_
