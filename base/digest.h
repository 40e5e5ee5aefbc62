#ifndef WRIFTAI_BASE_DIGEST_H_
#define WRIFTAI_BASE_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/secret.h"

namespace wriftai {

// SHA-256 of `data` (FIPS 180-4): 32 bytes.
std::string Sha256(absl::string_view data);

// HMAC-SHA256 of `data` under `key` (RFC 2104): 32 bytes.
std::string HmacSha256(const Secret& key, absl::string_view data);

// Whether both are equal. The time taken depends only on the lengths.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_DIGEST_H_
