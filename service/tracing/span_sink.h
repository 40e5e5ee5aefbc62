#ifndef WRIFTAI_SERVICE_TRACING_SPAN_SINK_H_
#define WRIFTAI_SERVICE_TRACING_SPAN_SINK_H_

#include <string>

namespace wriftai {

// Takes spans that have ended, as encoded messages of OTLP.
//
// Threads: loop. Fails: never; spans may be dropped.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  virtual void Add(std::string span) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_SPAN_SINK_H_
