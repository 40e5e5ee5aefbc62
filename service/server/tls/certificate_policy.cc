#include "service/server/tls/certificate_policy.h"

#include <openssl/err.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "service/server/tls/pem.h"

namespace wriftai {
namespace {

// Maximum length of a chain to a CA. Meshes have three or four.
constexpr int kMaxDepth = 8;

// At least 112 bits, which excludes SHA-1 and RSA below 2048 bits. This is the
// default of Debian's OpenSSL.
constexpr int kSecurityLevel = 2;

constexpr size_t kMaxNameBytes = 200;

TlsRefusal RefusalOf(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return TlsRefusal::kExpired;
    case X509_V_ERR_INVALID_PURPOSE:
      return TlsRefusal::kWrongPurpose;
    default:
      return TlsRefusal::kUntrusted;
  }
}

// Calls `visit(name, is_uri)` for each DNS name and URI until it returns true.
template <typename Visit>
bool AnyName(X509* certificate, Visit visit) {
  const OpensslPtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_URI) continue;
    const ASN1_IA5STRING* const text = name->d.ia5;
    // Uses the length: a zero byte must not truncate the name.
    if (visit(absl::string_view(
                  reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<size_t>(ASN1_STRING_length(text))),
              name->type == GEN_URI)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool CertificatePolicy::SetAuthorities(absl::string_view pem) {
  const auto certificates = CertificatesFromPem(pem);
  if (certificates == nullptr) return false;
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), OpensslFree());
  for (int i = 0; i < sk_X509_num(certificates.get()); ++i) {
    X509_STORE_add_cert(store.get(), sk_X509_value(certificates.get(), i));
  }
  ERR_clear_error();
  MutexLock lock(mutex_);
  authorities_ = std::move(store);
  return true;
}

std::optional<TlsRefusal> CertificatePolicy::Check(absl::string_view leaf,
                                                   absl::string_view chain) {
  const auto refusal = Verify(leaf, chain);
  if (refusal.has_value()) refusals_.Count(*refusal);
  return refusal;
}

std::optional<TlsRefusal> CertificatePolicy::Verify(absl::string_view leaf,
                                                    absl::string_view chain) {
  if (leaf.empty()) return TlsRefusal::kNoCertificate;
  const auto certificates = CertificatesFromPem(leaf);
  if (certificates == nullptr) return TlsRefusal::kUntrusted;
  X509* const certificate = sk_X509_value(certificates.get(), 0);
  std::shared_ptr<X509_STORE> authorities;
  {
    MutexLock lock(mutex_);
    authorities = authorities_;
  }
  if (authorities == nullptr) return TlsRefusal::kUntrusted;
  const auto untrusted = WithIntermediates(chain);
  const OpensslPtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  bool verified = false;
  if (X509_STORE_CTX_init(context.get(), authorities.get(), certificate,
                          untrusted.get()) == 1 &&
      X509_STORE_CTX_set_purpose(context.get(),
                                 role_ == CertificateRole::kClient
                                     ? X509_PURPOSE_SSL_CLIENT
                                     : X509_PURPOSE_SSL_SERVER) == 1) {
    X509_VERIFY_PARAM* const parameters =
        X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_depth(parameters, kMaxDepth);
    X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
    verified = X509_verify_cert(context.get()) == 1;
  }
  ERR_clear_error();
  if (!verified) return RefusalOf(X509_STORE_CTX_get_error(context.get()));
  if (!IsAllowed(certificate)) return TlsRefusal::kNameNotAllowed;
  CacheIntermediates(X509_STORE_CTX_get0_chain(context.get()));
  return std::nullopt;
}

std::string CertificatePolicy::NamesOf(absl::string_view leaf) {
  std::string names;
  const auto certificates = CertificatesFromPem(leaf);
  if (certificates == nullptr) return names;
  AnyName(sk_X509_value(certificates.get(), 0),
          [&names](absl::string_view name, bool /*is_uri*/) {
            absl::StrAppend(&names, names.empty() ? "" : " ",
                            absl::CHexEscape(name.substr(0, kMaxNameBytes)));
            return names.size() > kMaxNameBytes;
          });
  return names;
}

bool CertificatePolicy::IsAllowed(X509* leaf) const {
  if (allowed_.empty()) return true;
  return AnyName(leaf, [this](absl::string_view name, bool is_uri) {
    return std::any_of(
        allowed_.begin(), allowed_.end(), [&](const NamePattern& pattern) {
          return is_uri ? pattern.MatchesUri(name) : pattern.MatchesDns(name);
        });
  });
}

OpensslPtr<STACK_OF(X509)> CertificatePolicy::WithIntermediates(
    absl::string_view chain) {
  auto certificates = CertificatesFromPem(chain);
  if (certificates == nullptr) certificates.reset(sk_X509_new_null());
  MutexLock lock(mutex_);
  for (const auto& intermediate : intermediates_) {
    X509_up_ref(intermediate.get());
    sk_X509_push(certificates.get(), intermediate.get());
  }
  return certificates;
}

void CertificatePolicy::CacheIntermediates(STACK_OF(X509) * verified) {
  MutexLock lock(mutex_);
  for (int i = 1; i < sk_X509_num(verified); ++i) {
    X509* const certificate = sk_X509_value(verified, i);
    if (std::any_of(intermediates_.begin(), intermediates_.end(),
                    [&](const auto& cached) {
                      return X509_cmp(cached.get(), certificate) == 0;
                    })) {
      continue;
    }
    X509_up_ref(certificate);
    intermediates_.emplace_back(certificate);
    if (intermediates_.size() > kMaxIntermediates) intermediates_.pop_front();
  }
}

}  // namespace wriftai
