#ifndef WRIFTAI_SERVICE_TRACING_OTLP_H_
#define WRIFTAI_SERVICE_TRACING_OTLP_H_

#include "otlp/trace_service.pb.h"

namespace wriftai {

// OTLP's messages.
namespace otlp = opentelemetry::proto::collector::trace::v1;

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_OTLP_H_
