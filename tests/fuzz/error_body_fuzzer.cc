// Parses any bytes as the body of an error response. The texts for the trailers
// are bounded and are UTF-8 without control characters.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/strings/ascii.h"
#include "base/utf8.h"
#include "tests/fuzz/check.h"
#include "upstream/json/error_json.h"
#include "upstream/json/json_limits.h"

namespace wriftai {
namespace {

void CheckLine(const std::string& text) {
  FUZZ_CHECK(text.size() <= kMaxQuotedBytes);
  FUZZ_CHECK(IsUtf8(text));
  FUZZ_CHECK(std::none_of(text.begin(), text.end(), absl::ascii_iscntrl));
}

void CheckError(absl::string_view text) {
  const UpstreamError error = UpstreamErrorFromBody(text);
  CheckLine(error.message);
  CheckLine(error.type);
  CheckLine(error.code);
  CheckLine(error.detail);
  FUZZ_CHECK(error.violations.size() <= 100);
  for (const UpstreamViolation& violation : error.violations) {
    CheckLine(violation.message);
    CheckLine(violation.type);
    FUZZ_CHECK(violation.location.size() <= 32);
    for (const auto& step : violation.location) {
      if (const auto* name = std::get_if<std::string>(&step)) CheckLine(*name);
    }
  }
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckError({reinterpret_cast<const char*>(data), size});
  return 0;
}
