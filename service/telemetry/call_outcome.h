#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_OUTCOME_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_OUTCOME_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace wriftai {

// How a call ended, for operators: who has to act on it.
enum class CallOutcome {
  kOk,
  // Nobody: the caller has left, the time that it gave a stream is over, the
  // stream reached its age, or a drain.
  kRoutine,
  // The caller: a wrong id, a rejected input, its own token.
  kCallerMistake,
  // The operator: the gateway, its budget, its own token, or the upstream.
  kFailure,
};
inline constexpr size_t kCallOutcomes = 4;

// `credential`: the display name of the one used; the same error of the
// gateway's own token is not the caller's.
CallOutcome OutcomeOf(const absl::Status& status, absl::string_view credential,
                      bool is_stream);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_OUTCOME_H_
