#ifndef WRIFTAI_SERVICE_ADMIN_SETTINGS_PAGE_H_
#define WRIFTAI_SERVICE_ADMIN_SETTINGS_PAGE_H_

#include <string>
#include <vector>

#include "base/flag_set.h"

namespace wriftai {

// The settings in use as text for people, one per line, each with what set it
// and its default. Any thread.
std::string SettingsPage(const std::vector<Setting>& settings);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_SETTINGS_PAGE_H_
