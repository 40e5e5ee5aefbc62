// Parses any bytes as a signature header. An accepted header has the documented
// format, and matches only the signed content.

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "tests/fuzz/check.h"
#include "upstream/webhook/webhook_signature.h"

namespace wriftai {
namespace {

void CheckHeader(absl::string_view header) {
  const auto result = ParseWebhookSignature(header);
  const auto* const signature = std::get_if<WebhookSignature>(&result);
  if (signature == nullptr) {
    const auto outcome = std::get<WebhookOutcome>(result);
    FUZZ_CHECK(outcome == WebhookOutcome::kMalformedSignature ||
               outcome == WebhookOutcome::kUnsupportedSignature);
    return;
  }
  FUZZ_CHECK(
      absl::StartsWith(header, absl::StrCat("t=", signature->timestamp, ",")));
  FUZZ_CHECK(!signature->v1.empty() && signature->v1.size() < 16);
  FUZZ_CHECK(header.find(' ') == absl::string_view::npos);
  for (const absl::string_view v1 : signature->v1) {
    FUZZ_CHECK(v1.size() == 64);
    FUZZ_CHECK(absl::BytesToHexString(absl::HexStringToBytes(v1)) == v1);
  }
  // Far from any time that a header can contain.
  FUZZ_CHECK(CheckWebhookTime(*signature, absl::InfiniteFuture()) ==
             WebhookOutcome::kStale);

  // A fuzzed header cannot contain a valid signature. After one is added, the
  // header matches, whatever else it contains.
  const std::vector<Secret> secrets = {Secret("other"), Secret("key")};
  const std::string body(header);
  FUZZ_CHECK(!MatchesWebhookSignature(*signature, body, secrets));
  const std::string v1 = absl::BytesToHexString(
      HmacSha256(secrets[1], absl::StrCat(signature->timestamp, ".", body)));
  const std::string signed_header = absl::StrCat(header, ",v1=", v1);
  const auto again = ParseWebhookSignature(signed_header);
  if (const auto* const more = std::get_if<WebhookSignature>(&again)) {
    FUZZ_CHECK(MatchesWebhookSignature(*more, body, secrets));
    FUZZ_CHECK(!MatchesWebhookSignature(*more, body, {secrets[0]}));
  }
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckHeader({reinterpret_cast<const char*>(data), size});
  return 0;
}
