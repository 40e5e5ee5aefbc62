#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_FLAGS_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/flag_set.h"
#include "service/server/tls/name_pattern.h"
#include "service/server/tls/tls_config.h"

namespace wriftai {

// Adds a flag for a comma-separated list of `patterns`, which must outlive the
// parsing. `default_text`: what an empty list means.
void AddNamePatterns(FlagSet& flags, std::string name,
                     std::vector<NamePattern>& patterns, std::string help,
                     std::string default_text);

// Adds the flags for `config`, which must outlive the parsing.
void AddTlsFlags(FlagSet& flags, TlsConfig& config);

// INVALID_ARGUMENT: conflicting settings; names their flags.
absl::Status CheckTls(const TlsConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_FLAGS_H_
