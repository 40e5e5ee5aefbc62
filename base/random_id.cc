#include "base/random_id.h"

#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

std::string Hex(uint64_t number) {
  return absl::StrCat(absl::Hex(number, absl::kZeroPad16));
}

uint64_t NotZero(absl::InsecureBitGen& random) {
  return absl::Uniform<uint64_t>(absl::IntervalOpenClosed, random, 0,
                                 UINT64_MAX);
}

}  // namespace

std::string RandomUuid() {
  absl::InsecureBitGen random;
  // The version, 4, and the variant, binary 10.
  const std::string high =
      Hex((random() & ~uint64_t{0xF000}) | uint64_t{0x4000});
  const std::string low =
      Hex((random() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62));
  const absl::string_view first = high;
  const absl::string_view second = low;
  return absl::StrCat(first.substr(0, 8), "-", first.substr(8, 4), "-",
                      first.substr(12), "-", second.substr(0, 4), "-",
                      second.substr(4));
}

std::string RandomTraceId() {
  absl::InsecureBitGen random;
  return absl::StrCat(Hex(random()), Hex(NotZero(random)));
}

std::string RandomSpanId() {
  absl::InsecureBitGen random;
  return Hex(NotZero(random));
}

}  // namespace wriftai
