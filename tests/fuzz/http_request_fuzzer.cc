// Feeds any bytes to the request reader. Splitting them into pieces makes no
// difference, and nothing exceeds its limit.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "base/http_server/http_request_reader.h"
#include "tests/fuzz/check.h"

namespace wriftai {
namespace {

using State = HttpRequestReader::State;

HttpRequestReader::Limits SmallLimits() {
  HttpRequestReader::Limits limits;
  limits.max_head_bytes = 256;
  limits.max_body_bytes = 64;
  return limits;
}

HttpRequestReader Read(absl::string_view bytes, size_t piece) {
  const HttpRequestReader::Limits limits = SmallLimits();
  HttpRequestReader reader(limits);
  while (!bytes.empty()) {
    reader.Feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    FUZZ_CHECK(reader.body().size() <= limits.max_body_bytes);
    // Strings may double as they grow; the last piece is added.
    FUZZ_CHECK(reader.held_bytes() - reader.head().held_bytes() <=
               2 * (limits.max_head_bytes + limits.max_body_bytes + piece));
  }
  return reader;
}

void CheckBytes(absl::string_view bytes) {
  const HttpRequestReader whole =
      Read(bytes, std::max<size_t>(bytes.size(), 1));
  for (const size_t piece : {size_t{1}, size_t{7}}) {
    const HttpRequestReader other = Read(bytes, piece);
    FUZZ_CHECK(other.state() == whole.state());
    FUZZ_CHECK(whole.state() != State::kFailed ||
               other.failure() == whole.failure());
    FUZZ_CHECK(whole.state() != State::kDone || other.body() == whole.body());
  }
  if (whole.state() != State::kBody && whole.state() != State::kDone) return;
  const HttpHead& head = whole.head();
  FUZZ_CHECK(!head.method.empty() && !head.target.empty());
  FUZZ_CHECK(head.content_length >= 0);
  FUZZ_CHECK(!head.chunked || head.Values("content-length").empty());
  if (whole.state() == State::kDone && !head.chunked) {
    FUZZ_CHECK(static_cast<int64_t>(whole.body().size()) ==
               head.content_length);
  }
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
