#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_TILES_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_TILES_H_

#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"

namespace wriftai {

// The headline numbers of /statusz, each with its history. Pure; any thread.
void WriteTiles(const status::Report& report, HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_TILES_H_
