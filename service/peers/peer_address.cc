#include "service/peers/peer_address.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/host_port.h"

namespace wriftai {

bool IsPeerAddress(absl::string_view address) {
  return IsHostPort(address) && PortOf(address) > 0 &&
         address.find('%') == absl::string_view::npos;
}

std::string TargetOf(absl::string_view address) {
  return absl::StrCat(
      "dns:///", absl::StrReplaceAll(address, {{"[", "%5B"}, {"]", "%5D"}}));
}

}  // namespace wriftai
