#include "service/admin/status_process.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/admin/number_text.h"

namespace wriftai {
namespace {

void Fact(const std::string& name, const std::string& value, HtmlWriter& html) {
  html.Markup("<div><dt>")
      .Text(name)
      .Markup("</dt><dd>")
      .Text(value)
      .Markup("</dd></div>");
}

// Hidden while zero: most gateways have no webhooks, for example.
void CountFact(const std::string& name, double count, HtmlWriter& html) {
  if (count > 0) Fact(name, CountText(count), html);
}

}  // namespace

void FillProcess(const ProcessNumbers& numbers, status::Process& process) {
  const auto value = [](const std::optional<int64_t>& number) {
    return static_cast<double>(number.value_or(0));
  };
  process.set_resident_bytes(value(numbers.resident_bytes));
  process.set_threads(value(numbers.threads));
  process.set_open_fds(value(numbers.open_fds));
  process.set_max_fds(value(numbers.max_fds));
}

void WriteProcess(const status::Report& report, HtmlWriter& html) {
  const status::Process& process = report.process();
  html.Markup("<section><h2>Process</h2><dl>");
  Fact("Version", report.version(), html);
  Fact("Commit", report.commit(), html);
  Fact("Started", UtcText(report.started_at()), html);
  Fact("Uptime", SecondsText(report.uptime_seconds()), html);
  Fact("CPU", absl::StrFormat("%.2f processors", process.cpus()), html);
  Fact("Resident memory", BytesText(process.resident_bytes()), html);
  Fact("Open files",
       absl::StrCat(CountText(process.open_fds()), " of ",
                    CountText(process.max_fds())),
       html);
  CountFact("Threads", process.threads(), html);
  Fact("Event loop delay", SecondsText(report.loop_delay_seconds()), html);
  CountFact("Waits since start", report.waits().begun_total(), html);
  CountFact("Predictions ended", report.waits().ended_predictions_total(),
            html);
  CountFact("Updates replaced before being read",
            report.streams().conflated_total(), html);
  if (report.cache().predictions() > 0) {
    Fact("Cached predictions",
         absl::StrCat(CountText(report.cache().predictions()), ", ",
                      BytesText(report.cache().bytes())),
         html);
  }
  CountFact("New states from webhooks", report.webhooks().news_total(), html);
  CountFact("Changes missed by webhooks", report.webhooks().missed_total(),
            html);
  html.Markup("</dl></section>");
}

}  // namespace wriftai
