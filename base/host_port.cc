#include "base/host_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wriftai {

namespace {

constexpr size_t kMaxHostLength = 253;  // For names (RFC 1035).

bool IsAddress(int family, absl::string_view text) {
  in6_addr address = {};
  return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

// A name is not resolved. gRPC would also accept "unix:/path" here.
bool IsHost(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[")) {
    if (!absl::ConsumeSuffix(&text, "]")) return false;
    // It may name an interface: fe80::1%eth0.
    return IsAddress(AF_INET6, text.substr(0, text.find('%')));
  }
  if (text.find_first_not_of("0123456789.") == absl::string_view::npos) {
    return IsAddress(AF_INET, text);
  }
  return text.size() <= kMaxHostLength &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  c == '-' || c == '.' || c == '_';
         });
}

}  // namespace

bool IsHostPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == 0 || colon == absl::string_view::npos ||
      !IsHost(text.substr(0, colon))) {
    return false;
  }
  const absl::string_view port = text.substr(colon + 1);
  int number = 0;
  // gRPC takes the port modulo 65536.
  return port.find_first_not_of("0123456789") == absl::string_view::npos &&
         absl::SimpleAtoi(port, &number) && number <= 65535;
}

bool IsWildcard(absl::string_view host) {
  return host == "0.0.0.0" || host == "::";
}

std::string HostOf(absl::string_view address) {
  absl::string_view host = address.substr(0, address.rfind(':'));
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  return std::string(host);
}

std::string WithPort(absl::string_view address, int port) {
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

int PortOf(absl::string_view address) {
  int port = 0;
  // It is a number: see IsHostPort().
  (void)absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port);
  return port;
}

}  // namespace wriftai
