#ifndef WRIFTAI_SERVICE_SERVER_SERVER_FLAGS_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_FLAGS_H_

#include "service/server/server_config.h"
#include "upstream/core/flag_set.h"

namespace wriftai {

// Adds the flags of `config`, which must outlive the parsing.
void AddServerFlags(FlagSet& flags, ServerConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_FLAGS_H_
