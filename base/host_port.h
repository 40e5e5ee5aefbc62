#ifndef WRIFTAI_BASE_HOST_PORT_H_
#define WRIFTAI_BASE_HOST_PORT_H_

#include <string>

#include "absl/strings/string_view.h"

// Addresses to listen on, HOST:PORT. All functions: pure, any thread.

namespace wriftai {

// Whether `text` is HOST:PORT. The host is a name, an IPv4 address or an IPv6
// address in brackets; the port is from 0 to 65535.
bool IsHostPort(absl::string_view text);

// Whether `host` means every address of this machine.
bool IsWildcard(absl::string_view host);

// The host of the HOST:PORT `address`, without brackets.
std::string HostOf(absl::string_view address);

// `address` with its port replaced.
std::string WithPort(absl::string_view address, int port);

// The port of the HOST:PORT `address`.
int PortOf(absl::string_view address);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HOST_PORT_H_
