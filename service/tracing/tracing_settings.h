#ifndef WRIFTAI_SERVICE_TRACING_TRACING_SETTINGS_H_
#define WRIFTAI_SERVICE_TRACING_TRACING_SETTINGS_H_

#include <vector>

#include "base/flag_set.h"
#include "service/tracing/tracing_config.h"

namespace wriftai {

// The settings of traces for people: of what is recorded, how it is queued, and
// where it goes. Headers are redacted. Empty if traces are off. `config`: what
// ReadTracingVariables() has read from `environment`. Pure, any thread.
std::vector<Setting> TracingSettings(const TracingConfig& config,
                                     const FlagSet::Environment& environment);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_TRACING_SETTINGS_H_
