#ifndef WRIFTAI_SERVICE_CONFIG_FILES_H_
#define WRIFTAI_SERVICE_CONFIG_FILES_H_

#include "absl/status/status.h"
#include "service/config.h"

namespace wriftai {

// Reads every file named in the settings and resolves the hosts to listen on,
// without opening a port. INVALID_ARGUMENT: the first failure, as one line that
// names its flag and contains no secret. Any thread; blocks while the system
// resolves names.
absl::Status CheckFilesAndHosts(const Config& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_FILES_H_
