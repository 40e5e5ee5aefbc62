#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_FLAGS_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_FLAGS_H_

#include "absl/status/status.h"
#include "base/flag_set.h"
#include "service/server/tls/tls_config.h"

namespace wriftai {

// Adds the flags for `config`, which must outlive the parsing.
void AddTlsFlags(FlagSet& flags, TlsConfig& config);

// INVALID_ARGUMENT: conflicting settings; names their flags.
absl::Status CheckTls(const TlsConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_FLAGS_H_
