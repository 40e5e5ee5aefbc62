#include "service/admin/status_charts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "service/admin/number_text.h"
#include "service/admin/status_findings.h"

namespace wriftai {
namespace {

// Sparkline size in SVG units; the page scales it.
constexpr double kWidth = 120;
constexpr double kHeight = 30;

// A sparkline has at least this many slots, so that two values do not look like
// a full history.
constexpr int kMinValues = 25;

// Histogram sizes in SVG units.
constexpr double kBarStep = 20;
constexpr double kBarWidth = 16;
constexpr double kCountHeight = 13;  // Of the text above a bar.
constexpr double kBarsHeight = 96;   // Of the bars and the text above them.
constexpr double kMinBarHeight = 2;  // Keeps one among thousands visible.

std::string Describe(const Sparkline& sparkline) {
  if (sparkline.values.empty()) {
    return absl::StrCat(sparkline.label, ": no history yet");
  }
  const float max =
      *std::max_element(sparkline.values.begin(), sparkline.values.end());
  std::string text = absl::StrCat(
      sparkline.label, " in the last ",
      SecondsText(sparkline.values.size() * sparkline.interval_seconds), ": ",
      RateText(*(sparkline.values.end() - 1)), " now, ", RateText(max), " max");
  if (sparkline.limit.has_value()) {
    absl::StrAppend(&text, ", ", RateText(*sparkline.limit), " allowed");
  }
  return text;
}

std::string BucketText(const status::Histogram& histogram, int i) {
  const auto bound = [&](int at) {
    return SecondsText(histogram.bounds_seconds(at));
  };
  if (i == 0) return absl::StrCat("up to ", bound(0));
  if (i == histogram.bounds_seconds_size()) {
    return absl::StrCat("above ", bound(i - 1));
  }
  return absl::StrCat(bound(i - 1), " to ", bound(i));
}

// Labels every third bound; more would overlap.
void DrawBounds(const status::Histogram& histogram, HtmlWriter& html) {
  for (int i = 0; i < histogram.bounds_seconds_size(); i += 3) {
    html.Markup("<text x=\"")
        .Number((i + 1) * kBarStep)
        .Markup("\" y=\"")
        .Number(kBarsHeight + 14)
        .Markup("\">")
        .Text(SecondsText(histogram.bounds_seconds(i)))
        .Markup("</text>");
  }
}

}  // namespace

void Draw(const Sparkline& sparkline, HtmlWriter& html) {
  const std::string text = Describe(sparkline);
  html.Markup(
          "<svg class=\"spark\" viewBox=\"0 0 120 30\" "
          "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
      .Text(text)
      .Markup("\"><title>")
      .Text(text)
      .Markup("</title>");
  double top = sparkline.limit.value_or(0);
  for (const float value : sparkline.values) {
    top = std::max(top, static_cast<double>(value));
  }
  if (top <= 0) top = 1;
  // Leaves a margin for the line width.
  const auto y = [top](double value) {
    return kHeight - 1.5 - value / top * (kHeight - 3);
  };
  const int count = sparkline.values.size();
  const double step =
      kWidth / static_cast<double>(std::max(count, kMinValues) - 1);
  const auto x = [&](int i) { return kWidth - (count - 1 - i) * step; };
  if (count > 0) {
    HtmlWriter path;
    for (int i = 0; i < count; ++i) {
      if (i > 0) path.Markup("L");
      path.Number(x(i)).Markup(" ").Number(y(sparkline.values.Get(i)));
    }
    const std::string line = path.Take();
    html.Markup("<path class=\"area\" d=\"M")
        .Number(x(0))
        .Markup(" 30L")
        .Text(line)
        .Markup("L120 30Z\"/><path class=\"line\" d=\"M")
        .Text(line)
        .Markup("\"/>");
  }
  if (sparkline.limit.has_value()) {
    html.Markup("<path class=\"limit\" d=\"M0 ")
        .Number(y(*sparkline.limit))
        .Markup("H120\"/>");
  }
  html.Markup("</svg>");
}

void DrawGauge(double utilization, HtmlWriter& html) {
  html.Markup(
      "<svg class=\"gauge\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" "
      "height=\"8\"/><rect class=\"");
  if (utilization >= kFullUtilization) {
    html.Markup("full");
  } else if (utilization >= kBusyUtilization) {
    html.Markup("busy");
  } else {
    html.Markup("low");
  }
  html.Markup("\" width=\"")
      .Number(100 * std::min(utilization, 1.0))
      .Markup("\" height=\"8\"/></svg>");
}

void DrawHistogram(const std::string& label, const status::Histogram& histogram,
                   HtmlWriter& html) {
  double max = 0;
  double total = 0;
  for (const double count : histogram.recent()) {
    max = std::max(max, count);
    total += count;
  }
  html.Markup(
          "<svg class=\"bars\" viewBox=\"0 0 340 114\" role=\"img\" "
          "aria-label=\"")
      .Text(absl::StrCat(label, ", by duration"))
      .Markup("\">");
  for (int i = 0; i < histogram.recent_size(); ++i) {
    const double count = histogram.recent(i);
    if (count == 0) continue;
    const double height =
        std::max(kMinBarHeight, count / max * (kBarsHeight - kCountHeight));
    html.Markup("<rect x=\"")
        .Number(i * kBarStep + (kBarStep - kBarWidth) / 2)
        .Markup("\" y=\"")
        .Number(kBarsHeight - height)
        .Markup("\" width=\"16\" height=\"")
        .Number(height)
        .Markup("\"><title>")
        .Text(absl::StrCat(BucketText(histogram, i), ": ", CountText(count),
                           ", ", PercentText(count, total)))
        .Markup("</title></rect><text class=\"count\" x=\"")
        .Number((i + 0.5) * kBarStep)
        .Markup("\" y=\"")
        .Number(kBarsHeight - height - 3)
        .Markup("\">")
        .Text(ShortCountText(count))
        .Markup("</text>");
  }
  html.Markup("<path d=\"M0 96.5H340\"/>");
  DrawBounds(histogram, html);
  html.Markup("</svg>");
}

}  // namespace wriftai
