#ifndef WRIFTAI_SERVICE_SERVER_HOST_PORT_H_
#define WRIFTAI_SERVICE_SERVER_HOST_PORT_H_

#include <string>

#include "absl/strings/string_view.h"

// Addresses to listen on, HOST:PORT. All functions: pure, any thread.

namespace wriftai {

// Whether `text` is one, with a port from 0 to 65535.
bool IsHostPort(absl::string_view text);

// `address` with the port that was picked.
std::string WithPort(absl::string_view address, int port);

// The port of `address`, a HOST:PORT.
int PortOf(absl::string_view address);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_HOST_PORT_H_
