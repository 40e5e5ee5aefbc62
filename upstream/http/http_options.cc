#include "upstream/http/http_options.h"

namespace wriftai {

std::string DefaultUserAgent() { return "wriftai-gateway/" WRIFTAI_VERSION; }

}  // namespace wriftai
