#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_CALLS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_CALLS_H_

#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"

// The sections of /statusz about calls, requests to the upstream, and what
// failed. All functions: pure, any thread.

namespace wriftai {

void WriteCalls(const status::Report& report, HtmlWriter& html);
void WriteUpstreamRequests(const status::Report& report, HtmlWriter& html);

// Failures: of the gateway, its budget, or the upstream.
void WriteFailures(const status::Report& report, HtmlWriter& html);
void WriteCallerMistakes(const status::Report& report, HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_CALLS_H_
