#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_CHARTS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_CHARTS_H_

#include <optional>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"

// The charts of /statusz: inline SVG, each with a text alternative. All
// functions: pure, any thread.

namespace wriftai {

// The recent values of a number, the newest at the right edge.
struct Sparkline {
  std::string label;  // Such as "Reads per second".
  const google::protobuf::RepeatedField<float>& values;
  double interval_seconds = 0;
  std::optional<double> limit;  // Drawn as a dashed line.
};
void Draw(const Sparkline& sparkline, HtmlWriter& html);

// A bar for a utilization from 0 to 1.
void DrawGauge(double utilization, HtmlWriter& html);

// The recent durations by bucket.
void DrawHistogram(const std::string& label, const status::Histogram& histogram,
                   HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_CHARTS_H_
