#ifndef WRIFTAI_SERVICE_SERVER_CLIENT_CERTIFICATE_POLICY_H_
#define WRIFTAI_SERVICE_SERVER_CLIENT_CERTIFICATE_POLICY_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "service/server/name_pattern.h"
#include "service/server/openssl_ptr.h"
#include "service/server/tls_refusal.h"

namespace wriftai {

// Which client certificates are good: those that an authority of the list
// vouches for, now, for use by a client (RFC 5280), with a DNS name or URI
// among their subject alternative names that is allowed. The common name is
// never looked at.
//
// A client that resumes its TLS session shows its own certificate again, but
// not those between it and the authority. So those of good chains are kept.
//
// Threads: any. Owns: the authorities, the counters. Fails: closed; before the
// first SetAuthorities() nobody is trusted.
class ClientCertificatePolicy {
 public:
  // `allowed`: empty for any name, and none.
  explicit ClientCertificatePolicy(std::vector<NamePattern> allowed)
      : allowed_(std::move(allowed)) {}

  // Whom to trust from now on: each certificate in `pem`, be it a root or one
  // below it. False if there is none, or one that is broken; those before stay.
  bool SetAuthorities(absl::string_view pem);

  // Nothing: it is good; a refusal has been counted. `leaf`: the client's
  // certificate, as PEM, which it has proven to have the key of; empty: it has
  // shown none. `chain`: what came with it.
  std::optional<TlsRefusal> Check(absl::string_view leaf,
                                  absl::string_view chain);

  const TlsRefusalCounters& refusals() const { return refusals_; }

  // The DNS names and URIs of `leaf`, for the log: escaped, and cut where they
  // are long.
  static std::string NamesOf(absl::string_view leaf);

 private:
  // Certificates between clients' and the authorities: far more than a mesh has
  // issuers at a time, and a client can add none without one of them.
  static constexpr size_t kMaxIntermediates = 32;

  std::optional<TlsRefusal> Judge(absl::string_view leaf,
                                  absl::string_view chain);
  bool IsAllowed(X509* leaf) const;
  OpensslPtr<STACK_OF(X509)> WithIntermediates(absl::string_view chain);
  void Remember(STACK_OF(X509) * verified);

  const std::vector<NamePattern> allowed_;
  TlsRefusalCounters refusals_;
  Mutex mutex_;
  std::shared_ptr<X509_STORE> authorities_ ABSL_GUARDED_BY(mutex_);
  std::deque<OpensslPtr<X509>> intermediates_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_CLIENT_CERTIFICATE_POLICY_H_
