#include "service/server/tls/server_certificate.h"

#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"
#include "service/server/tls/pem.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

absl::Status InvalidFile(absl::string_view flag, const WatchedFile& file,
                         absl::string_view expected,
                         const absl::Status& read_status = absl::OkStatus()) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", file.path(), ": expected ", expected,
                   read_status.ok() ? "" : ": ", read_status.message()));
}

absl::Time ExpiryOf(X509* certificate) {
  std::tm end = {};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return absl::InfinitePast();
  }
  return absl::FromTM(end, absl::UTCTimeZone());
}

}  // namespace

absl::Status ServerCertificate::Load() {
  const auto certificate_text = certificate_file_.Read();
  absl::StatusOr<std::string> key_text = key_file_.Read();
  if (!certificate_file_.changed() && !key_file_.changed()) return status_;
  status_ =
      Apply(certificate_text,
            key_text.ok() ? absl::StatusOr<Secret>(Secret(*std::move(key_text)))
                          : key_text.status());
  return status_;
}

absl::Status ServerCertificate::Apply(
    const absl::StatusOr<std::string>& certificate_text,
    const absl::StatusOr<Secret>& key_text) {
  const absl::string_view certificate_pem =
      certificate_text.ok() ? absl::string_view(*certificate_text) : "";
  const auto certificates = CertificatesFromPem(certificate_pem);
  if (certificates == nullptr) {
    return InvalidFile(flags_.cert_file, certificate_file_,
                       "a readable PEM file with a certificate and its "
                       "intermediates",
                       certificate_text.status());
  }
  const absl::string_view key_pem = key_text.ok() ? key_text->Reveal() : "";
  const auto key = KeyFromPem(key_pem);
  if (key == nullptr) {
    return InvalidFile(flags_.key_file, key_file_,
                       "a readable PEM file with a private key without a "
                       "passphrase",
                       key_text.status());
  }
  if (!IsUsableIdentity(certificates.get(), key.get())) {
    return InvalidFile(
        flags_.key_file, key_file_,
        absl::StrCat("the key of the first certificate in ", flags_.cert_file,
                     ", both of at least 112 bits of security"));
  }
  absl::Status status =
      bundle_.Replace(absl::StrCat(key_pem, "\n", certificate_pem));
  if (!status.ok()) return status;
  const absl::Time expiry = ExpiryOf(sk_X509_value(certificates.get(), 0));
  if (expires_at_.exchange(absl::ToUnixSeconds(expiry)) != kNone) {
    spdlog::info(
        "reloaded the TLS certificate, valid until {}",
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", expiry, absl::UTCTimeZone()));
  }
  return absl::OkStatus();
}

}  // namespace wriftai
