#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_PROCESS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_PROCESS_H_

#include "base/process_numbers.h"
#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

// The process in /statusz: its numbers in the report, and its section. Any
// thread.
void FillProcess(const ProcessNumbers& numbers, status::Process& process);
void WriteProcess(const status::Report& report, HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_PROCESS_H_
