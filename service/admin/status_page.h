#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_PAGE_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "service/admin/status_report.pb.h"

// Renders /statusz from a report with findings. All functions: pure, any
// thread.

namespace wriftai {

// The page as one self-contained file. It loads nothing but itself, to refresh.
std::string StatusPageHtml(const status::Report& report);

// The report as JSON, including zeros but not absent optional fields.
std::string StatusPageJson(const status::Report& report);

// The page's Content-Security-Policy. It allows only the page's own style and
// script, by hash, so no text on the page can run as a script.
std::string StatusPagePolicy();

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_PAGE_H_
