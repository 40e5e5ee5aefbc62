#include "sandbox/uuid.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace wriftai::sandbox {
namespace {

constexpr size_t kDigits = 32;

// Whether the canonical form has a dash at `i`.
bool IsDashAt(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

std::string WithDashes(absl::string_view digits) {
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-",
                      digits.substr(12, 4), "-", digits.substr(16, 4), "-",
                      digits.substr(20));
}

}  // namespace

UuidSource::UuidSource(uint64_t seed)
    : seed_(seed), random_(seed != 0 ? seed : std::random_device{}()) {}

std::string UuidSource::Next() {
  MutexLock lock(mutex_);
  std::string digits = absl::StrCat(absl::Hex(random_(), absl::kZeroPad16),
                                    absl::Hex(random_(), absl::kZeroPad16));
  digits[12] = '4';
  digits[16] = "89ab"[random_() % 4];
  return WithDashes(digits);
}

void UuidSource::Restart() {
  if (seed_ == 0) return;
  MutexLock lock(mutex_);
  random_.seed(seed_);
}

std::optional<std::string> ParseUuid(absl::string_view text) {
  const bool dashes = text.size() == kDigits + 4;
  if (!dashes && text.size() != kDigits) return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    if (dashes && IsDashAt(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) {
      return std::nullopt;
    }
    digits += absl::ascii_tolower(static_cast<unsigned char>(text[i]));
  }
  return WithDashes(digits);
}

}  // namespace wriftai::sandbox
