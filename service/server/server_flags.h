#ifndef WRIFTAI_SERVICE_SERVER_SERVER_FLAGS_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_FLAGS_H_

#include "base/flag_set.h"
#include "service/server/server_config.h"

namespace wriftai {

// Adds the flags for `config`, which must outlive the parsing.
void AddServerFlags(FlagSet& flags, ServerConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_FLAGS_H_
