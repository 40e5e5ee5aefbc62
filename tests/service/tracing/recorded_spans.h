#ifndef WRIFTAI_TESTS_SERVICE_TRACING_RECORDED_SPANS_H_
#define WRIFTAI_TESTS_SERVICE_TRACING_RECORDED_SPANS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/tracing/otlp.h"
#include "service/tracing/span.h"
#include "service/tracing/span_sink.h"

namespace wriftai {

// Keeps the spans that have ended, in order.
class RecordedSpans final : public SpanSink {
 public:
  void Add(std::string span) override {
    EXPECT_TRUE(spans.emplace_back().ParseFromString(span));
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const otlp::Span& span : spans) names.push_back(span.name());
    return names;
  }

  std::vector<otlp::Span> spans;
};

// The attributes of a span or an event, numbers as text.
template <typename Message>
std::map<std::string, std::string> AttributesOf(const Message& message) {
  std::map<std::string, std::string> attributes;
  for (const otlp::KeyValue& attribute : message.attributes()) {
    const otlp::AnyValue& value = attribute.value();
    const bool is_new =
        attributes
            .emplace(attribute.key(), value.has_int_value()
                                          ? absl::StrCat(value.int_value())
                                          : value.string_value())
            .second;
    EXPECT_TRUE(is_new) << attribute.key() << " is set twice";
  }
  return attributes;
}

inline std::string Hex(const std::string& bytes) {
  return absl::BytesToHexString(bytes);
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_TRACING_RECORDED_SPANS_H_
