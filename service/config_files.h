#ifndef WRIFTAI_SERVICE_CONFIG_FILES_H_
#define WRIFTAI_SERVICE_CONFIG_FILES_H_

#include "absl/status/status.h"
#include "service/config.h"

namespace wriftai {

// Reads every file that the settings name, and looks up the hosts of the
// addresses to listen on, without opening a port. INVALID_ARGUMENT: the first
// that does not work, by its flag, in one line and without any secret. Any
// thread; blocks for as long as the system looks up names.
absl::Status CheckFilesAndHosts(const Config& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_FILES_H_
