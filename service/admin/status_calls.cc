#include "service/admin/status_calls.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "service/admin/number_text.h"
#include "service/admin/table_writer.h"

namespace wriftai {
namespace {

// Of a method or an operation.
template <typename Entry>
void WriteQuantiles(const Entry& entry, TableWriter& table) {
  table.Number(entry.has_recent_p50_seconds()
                   ? SecondsText(entry.recent_p50_seconds())
                   : "–");
  table.Number(entry.has_recent_p99_seconds()
                   ? SecondsText(entry.recent_p99_seconds())
                   : "–");
}

bool IsIdle(const status::Method& method) {
  return method.in_progress() + method.ok_recent() + method.failures_recent() +
             method.caller_mistakes_recent() + method.routine_recent() ==
         0;
}

// A count that needs action.
void FailureCell(double count, TableWriter& table) {
  if (count == 0) {
    table.Count(0);
    return;
  }
  table.Begin()
      .Markup("<span class=\"badge problem\">")
      .Text(CountText(count))
      .Markup("</span>");
  table.End();
}

// "200: 1,204" of each result; failures stand out.
void ResultsCell(const status::UpstreamOperation& operation,
                 TableWriter& table) {
  HtmlWriter& html = table.Begin();
  html.Markup("<span class=\"list\">");
  for (const status::UpstreamResultCount& result : operation.results()) {
    if (result.failure()) {
      html.Markup("<span class=\"badge problem\">");
    } else {
      html.Markup("<span class=\"badge plain\">");
    }
    html.Text(absl::StrCat(result.result(), ": ", CountText(result.recent())))
        .Markup("</span> ");
  }
  html.Markup("</span>");
  table.End();
}

void WriteErrorRows(const char* id, const char* label,
                    const status::Errors& errors, HtmlWriter& html) {
  TableWriter table(id, label,
                    {{"Error"},
                     {"Method"},
                     {"Count", true},
                     {"Last", true},
                     {"Token"},
                     {"Request ID"},
                     {"WriftAI request ID"}},
                    html);
  for (const status::Error& error : errors.last()) {
    table.Row();
    HtmlWriter& cell = table.Begin();
    cell.Markup("<span class=\"wide\">").Text(error.code());
    if (!error.reason().empty() && error.reason() != error.code()) {
      cell.Markup(" <code>").Text(error.reason()).Markup("</code>");
    }
    cell.Markup("<br><span class=\"soft\">")
        .Text(error.message())
        .Markup("</span></span>");
    table.End().Text(error.method()).Count(error.count());
    table.Begin()
        .Markup("<time datetime=\"")
        .Text(google::protobuf::util::TimeUtil::ToString(error.time()))
        .Markup("\">")
        .Text(absl::StrCat(SecondsText(error.age_seconds()), " ago"))
        .Markup("</time>");
    table.End()
        .Code(error.credential())
        .Code(error.request_id())
        .Code(error.upstream_request_id());
  }
}

}  // namespace

void WriteCalls(const status::Report& report, HtmlWriter& html) {
  html.Markup(
      "<section><h2>Calls</h2><p class=\"help\">Rates cover the last 30 s, "
      "all else the last 10 min. p50 and p99 are those of successful calls; a "
      "Wait lasts as long as its prediction. Failures are for operators, "
      "callers' mistakes (a wrong ID, input or token) for callers. Ended "
      "otherwise: canceled, out of the caller's time, or sent to another "
      "replica.</p>");
  bool is_idle = true;
  for (const status::Method& method : report.methods()) {
    if (!IsIdle(method)) is_idle = false;
  }
  if (is_idle) {
    html.Markup("<p>None in the last 10 min.</p></section>");
    return;
  }
  {
    TableWriter table("calls", "Calls",
                      {{"Method"},
                       {"Calls/s", true},
                       {"In progress", true},
                       {"p50", true},
                       {"p99", true},
                       {"OK", true},
                       {"Failures", true},
                       {"Callers' mistakes", true},
                       {"Ended otherwise", true}},
                      html);
    for (const status::Method& method : report.methods()) {
      if (IsIdle(method)) continue;
      table.Row()
          .Text(method.name())
          .Number(RateText(method.per_second()))
          .Count(method.in_progress());
      WriteQuantiles(method, table);
      table.Count(method.ok_recent());
      FailureCell(method.failures_recent(), table);
      table.Count(method.caller_mistakes_recent())
          .Count(method.routine_recent());
    }
  }
  html.Markup("</section>");
}

void WriteUpstreamRequests(const status::Report& report, HtmlWriter& html) {
  html.Markup(
      "<section><h2>Requests to WriftAI</h2><p class=\"help\">Each attempt, "
      "for calls and for polls, without the wait for the budget. By HTTP "
      "status, or why no response came.</p>");
  bool is_idle = true;
  for (const auto& operation : report.upstream_operations()) {
    if (operation.recent() > 0) is_idle = false;
  }
  if (is_idle) {
    html.Markup("<p>None in the last 10 min.</p></section>");
    return;
  }
  {
    TableWriter table("requests", "Requests to WriftAI",
                      {{"Operation"},
                       {"Requests/s", true},
                       {"p50", true},
                       {"p99", true},
                       {"In 10 min", true},
                       {"By result"}},
                      html);
    for (const auto& operation : report.upstream_operations()) {
      if (operation.recent() == 0) continue;
      table.Row()
          .Text(operation.name())
          .Number(RateText(operation.per_second()));
      WriteQuantiles(operation, table);
      table.Count(operation.recent());
      ResultsCell(operation, table);
    }
  }
  html.Markup("</section>");
}

void WriteFailures(const status::Report& report, HtmlWriter& html) {
  html.Markup(
      "<section><h2>Last failures</h2><p class=\"help\">Calls and polls that "
      "failed because of the gateway, its budget or WriftAI, grouped. Each row "
      "shows the latest; the log has the others.</p>");
  if (report.errors().last().empty()) {
    html.Markup("<p>None since start.</p>");
  } else {
    WriteErrorRows("errors", "Last failures", report.errors(), html);
  }
  html.Markup("</section>");
}

void WriteCallerMistakes(const status::Report& report, HtmlWriter& html) {
  const status::Errors& mistakes = report.caller_mistakes();
  if (mistakes.last().empty()) return;
  html.Markup(
          "<section><h2>Callers' last mistakes</h2><p class=\"help\">Calls "
          "that their callers have to correct, grouped as above: ")
      .Text(absl::StrCat(CountText(mistakes.recent()), " in the last 10 min, ",
                         CountText(mistakes.total()), " since start."))
      .Markup("</p>");
  WriteErrorRows("mistakes", "Callers' last mistakes", mistakes, html);
  html.Markup("</section>");
}

}  // namespace wriftai
