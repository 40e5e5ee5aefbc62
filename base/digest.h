#ifndef WRIFTAI_BASE_DIGEST_H_
#define WRIFTAI_BASE_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/secret.h"

namespace wriftai {

// The 32 bytes of SHA-256 of `data` (FIPS 180-4).
std::string Sha256(absl::string_view data);

// The 32 bytes of HMAC-SHA256 of `data` under `key` (RFC 2104).
std::string HmacSha256(const Secret& key, absl::string_view data);

// Whether both are equal, in a time that depends on the lengths alone.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_DIGEST_H_
