#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <memory>

namespace wriftai {
namespace {

struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

const unsigned char* Bytes(absl::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

}  // namespace

std::string Sha256(absl::string_view data) {
  // SHA256() searches OpenSSL's providers in each call, which takes longer than
  // hashing a token.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  // A new context for each digest takes as long as the digest of a token.
  thread_local const DigestContext context(EVP_MD_CTX_new());
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  // Fails only if out of memory, as operator new, or if OpenSSL is configured
  // without SHA-256.
  if (EVP_DigestInit_ex2(context.get(), sha256, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), data.data(), data.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(),
                         reinterpret_cast<unsigned char*>(digest.data()),
                         nullptr) != 1) {
    std::abort();
  }
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
