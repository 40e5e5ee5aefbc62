#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_TABLES_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_TABLES_H_

#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"

// The tables of /statusz. All functions: pure, any thread.

namespace wriftai {

void WriteCredentials(const status::Report& report, HtmlWriter& html);
void WriteWatches(const status::Report& report, HtmlWriter& html);
void WriteStreams(const status::Report& report, HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_TABLES_H_
