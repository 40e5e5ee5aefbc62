#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_PAGE_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "service/admin/status_report.pb.h"

// /statusz, from a report that has its findings. All functions: pure, any
// thread.

namespace wriftai {

// A page for a person, in one file: it asks nobody for anything but for itself
// anew.
std::string StatusPageHtml(const status::Report& report);

// The same as JSON, with zeros and without what is absent.
std::string StatusPageJson(const status::Report& report);

// The Content-Security-Policy for the page: its own style and script, known by
// their hashes, and nothing else, so that no text on it can become a script.
std::string StatusPagePolicy();

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_PAGE_H_
