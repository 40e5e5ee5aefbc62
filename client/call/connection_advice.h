#ifndef WRIFTAI_CLIENT_CALL_CONNECTION_ADVICE_H_
#define WRIFTAI_CLIENT_CALL_CONNECTION_ADVICE_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "client/command.h"

namespace wriftai::client {

// What to do about a connection that failed: which address was tried, and which
// flag to change; and about a token that the gateway asks for. Empty for other
// errors, which say it themselves. Any thread.
std::string ConnectionAdvice(const grpc::Status& status,
                             const ConnectionOptions& options);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_CONNECTION_ADVICE_H_
