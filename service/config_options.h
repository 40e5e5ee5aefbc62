#ifndef WRIFTAI_SERVICE_CONFIG_OPTIONS_H_
#define WRIFTAI_SERVICE_CONFIG_OPTIONS_H_

#include "service/config.h"
#include "service/engine/engine_options.h"
#include "upstream/http/http_options.h"

// The options of the parts, made from the settings. Pure; any thread.

namespace wriftai {

EngineOptions EngineOptionsFrom(const Config& config);

HttpOptions HttpOptionsFrom(const Config& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_OPTIONS_H_
