#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_TRACE_ATTRIBUTES_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_TRACE_ATTRIBUTES_H_

#include "absl/status/status.h"
#include "service/telemetry/call_record.h"

namespace wriftai {

// Describes a call that has ended in its span, and ends the span. The call must
// be recorded. Loop.
void EndSpan(const absl::Status& status, const CallRecord& record);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_TRACE_ATTRIBUTES_H_
