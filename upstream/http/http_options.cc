#include "upstream/http/http_options.h"

#include "absl/strings/str_cat.h"
#include "base/version.h"

namespace wriftai {

std::string DefaultUserAgent() {
  return absl::StrCat("wriftai-gateway/", Version());
}

}  // namespace wriftai
