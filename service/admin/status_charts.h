#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_CHARTS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_CHARTS_H_

#include <optional>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"

// The drawings of /statusz: inline SVG, each with what it shows as text. All
// functions: pure, any thread.

namespace wriftai {

// The last values of something, the newest at the right edge.
struct Sparkline {
  std::string label;  // "Reads per second".
  const google::protobuf::RepeatedField<float>& values;
  double interval_seconds = 0;
  std::optional<double> limit;  // Drawn as a line of its own.
};
void Draw(const Sparkline& sparkline, HtmlWriter& html);

// How far something is used, from 0 to 1.
void DrawGauge(double use, HtmlWriter& html);

// How many of the recent durations lie between two bounds.
void DrawHistogram(const std::string& label, const status::Histogram& histogram,
                   HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_CHARTS_H_
