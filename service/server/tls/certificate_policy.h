#ifndef WRIFTAI_SERVICE_SERVER_TLS_CERTIFICATE_POLICY_H_
#define WRIFTAI_SERVICE_SERVER_TLS_CERTIFICATE_POLICY_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "service/server/tls/name_pattern.h"
#include "service/server/tls/openssl_ptr.h"
#include "service/server/tls/tls_refusal.h"

namespace wriftai {

// Whose certificates are verified.
enum class CertificateRole { kClient, kServer };

// Verifies the certificates of clients or of servers. A certificate is accepted
// if it chains to a trusted CA, is currently valid for use in that role (RFC
// 5280), and has an allowed DNS name or URI among its subject alternative
// names. The common name is ignored, and so is the host of a server.
//
// A client that resumes a TLS session presents its own certificate again, but
// not the intermediates. So the intermediates of accepted chains are cached.
//
// Threads: any. Owns: the CA store, the counters. Fails: closed; before the
// first SetAuthorities() every certificate is rejected.
class CertificatePolicy {
 public:
  // `allowed`: if empty, any certificate is allowed, even without names.
  explicit CertificatePolicy(std::vector<NamePattern> allowed,
                             CertificateRole role = CertificateRole::kClient)
      : allowed_(std::move(allowed)), role_(role) {}

  CertificateRole role() const { return role_; }

  // Trusts every certificate in `pem`, whether root or intermediate, instead of
  // the previous ones. False if `pem` has no certificates or a malformed one;
  // the previous ones then stay.
  bool SetAuthorities(absl::string_view pem);

  // Returns nullopt if the certificate is accepted; counts any refusal. `leaf`:
  // the certificate as PEM, whose key its owner has proven to hold; empty if
  // there was none. `chain`: the certificates sent with it.
  std::optional<TlsRefusal> Check(absl::string_view leaf,
                                  absl::string_view chain);

  const TlsRefusalCounters& refusals() const { return refusals_; }

  // The DNS names and URIs of `leaf` for the log, escaped and truncated.
  static std::string NamesOf(absl::string_view leaf);

 private:
  // Maximum number of cached intermediates: far more than a mesh has issuers at
  // a time. Only certificates of accepted chains are added.
  static constexpr size_t kMaxIntermediates = 32;

  std::optional<TlsRefusal> Verify(absl::string_view leaf,
                                   absl::string_view chain);
  bool IsAllowed(X509* leaf) const;
  OpensslPtr<STACK_OF(X509)> WithIntermediates(absl::string_view chain);
  void CacheIntermediates(STACK_OF(X509) * verified);

  const std::vector<NamePattern> allowed_;
  const CertificateRole role_;
  TlsRefusalCounters refusals_;
  Mutex mutex_;
  std::shared_ptr<X509_STORE> authorities_ ABSL_GUARDED_BY(mutex_);
  std::deque<OpensslPtr<X509>> intermediates_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_CERTIFICATE_POLICY_H_
