#ifndef WRIFTAI_BASE_SERVICE_LINKS_H_
#define WRIFTAI_BASE_SERVICE_LINKS_H_

#include "absl/strings/string_view.h"

namespace wriftai {

// Whether the variable is one that Kubernetes sets for every Service of the
// namespace, or Docker for a linked container. For a Service named "gateway":
// GATEWAY_SERVICE_HOST, GATEWAY_SERVICE_PORT[_NAME], GATEWAY_PORT and
// GATEWAY_PORT_50051_TCP[_PROTO|_PORT|_ADDR]. For a container of that name also
// GATEWAY_NAME and GATEWAY_ENV_…. The same holds for names such as "gateway-a";
// their …_PORT must be an address ("tcp://10.0.0.1:80"). Any thread.
bool IsServiceLink(absl::string_view variable, absl::string_view value);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SERVICE_LINKS_H_
