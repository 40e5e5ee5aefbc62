// Reads any bytes as the header lines of a response. The stored headers are
// bounded, rate limits are within their range, and clients can parse an error
// that quotes them. The first line of the input is the status.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "tests/fuzz/check_status.h"
#include "upstream/http/response_buffer.h"
#include "upstream/rest/http_status.h"
#include "upstream/rest/rate_limit_headers.h"

namespace wriftai {
namespace {

HttpOptions SmallLimits() {
  HttpOptions options;
  options.max_header_bytes = 2048;
  options.max_headers = 16;
  options.max_response_bytes = 1024;
  return options;
}

void CheckRateLimit(const HttpResponse& response) {
  const RateLimit rate =
      RateLimitFromHeaders(response, absl::FromUnixSeconds(1755085724));
  FUZZ_CHECK(!rate.limit.has_value() || *rate.limit >= 1);
  FUZZ_CHECK(!rate.remaining.has_value() || *rate.remaining >= 0);
  FUZZ_CHECK(!rate.reset_after.has_value() ||
             (*rate.reset_after >= absl::ZeroDuration() &&
              *rate.reset_after <= kMaxReset));
}

void CheckErrors(const HttpResponse& response) {
  for (const Operation operation : {Operation::kGet, Operation::kList,
                                    Operation::kCreate, Operation::kCancel}) {
    const absl::Status status = StatusFromResponse(
        response, {operation, "resource"}, absl::FromUnixSeconds(1755085724));
    FUZZ_CHECK(!status.ok());
    CheckStatus(status);
    CheckStatus(InvalidResponse(response, {operation, "resource"}, "why"));
  }
}

void CheckHeaders(absl::string_view bytes) {
  const HttpOptions options = SmallLimits();
  ResponseBuffer buffer(options);
  int status = 503;
  bool within = true;
  bool first = true;
  while (!bytes.empty() && within) {
    const size_t size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    const absl::string_view line = bytes.substr(0, size);
    bytes.remove_prefix(size);
    int number = 0;
    if (first && absl::SimpleAtoi(line, &number)) {
      status = std::clamp(number, 300, 999);
    } else {
      within = buffer.AddHeaderLine(line);
    }
    first = false;
  }
  FUZZ_CHECK(within == buffer.excess().empty());
  if (!within) return;
  FUZZ_CHECK(buffer.AddBody("{}"));
  const HttpResponse response = buffer.Take(status);
  FUZZ_CHECK(response.headers.size() <= options.max_headers);
  size_t kept = 0;
  for (const auto& [name, value] : response.headers) {
    kept += name.size() + value.size();
    FUZZ_CHECK(std::none_of(name.begin(), name.end(), absl::ascii_isupper));
  }
  FUZZ_CHECK(kept <= options.max_header_bytes);
  CheckRateLimit(response);
  CheckErrors(response);
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckHeaders({reinterpret_cast<const char*>(data), size});
  return 0;
}
