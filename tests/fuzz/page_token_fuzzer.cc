// Opens any bytes as a page token: only a token that this gateway sealed for
// the credential opens. Also seals the input as a token, which must open again
// for the same credential only.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/utf8.h"
#include "google/protobuf/util/message_differencer.h"
#include "service/rpc/page_token.h"
#include "tests/fuzz/check_status.h"

namespace wriftai {
namespace {

using google::protobuf::util::MessageDifferencer;

void CheckToken(absl::string_view text) {
  static const auto* const ours = new Credential(Secret("ours"));
  static const auto* const theirs = new Credential(Secret("theirs"));
  const auto opened = OpenPageToken(text, *ours);
  if (!opened.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(opened.status()));
    CheckStatus(opened.status());
  } else if (!text.empty()) {
    // A fuzzer cannot forge the seal, so this is one of our tokens.
    FUZZ_CHECK(!OpenPageToken(text, *theirs).ok());
  }

  if (!IsUtf8(text)) return;
  PageToken token;
  token.set_cursor(std::string(text));
  token.set_backward(text.size() % 2 == 1);
  const std::string sealed = SealPageToken(token, *ours);
  const auto again = OpenPageToken(sealed, *ours);
  FUZZ_CHECK(again.ok() && MessageDifferencer::Equals(*again, token));
  FUZZ_CHECK(!OpenPageToken(sealed, *theirs).ok());
  FUZZ_CHECK(!OpenPageToken(sealed + "AAAA", *ours).ok());
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckToken({reinterpret_cast<const char*>(data), size});
  return 0;
}
