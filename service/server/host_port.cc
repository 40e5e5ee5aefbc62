#include "service/server/host_port.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wriftai {

bool IsHostPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  // One address, and a port that is not taken modulo 65536.
  if (colon == 0 || colon == absl::string_view::npos ||
      absl::StrContains(text, ',')) {
    return false;
  }
  const absl::string_view port = text.substr(colon + 1);
  int number = 0;
  return port.find_first_not_of("0123456789") == absl::string_view::npos &&
         absl::SimpleAtoi(port, &number) && number <= 65535;
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
