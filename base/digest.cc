#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace wriftai {
namespace {

const unsigned char* Bytes(absl::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

}  // namespace

std::string Sha256(absl::string_view data) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Bytes(data), data.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string HmacSha256(const Secret& key, absl::string_view data) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  const absl::string_view text = key.Reveal();
  HMAC(EVP_sha256(), text.data(), static_cast<int>(text.size()), Bytes(data),
       data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

bool ConstantTimeEquals(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace wriftai
