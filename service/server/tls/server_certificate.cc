#include "service/server/tls/server_certificate.h"

#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/secret.h"
#include "service/server/tls/pem.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

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
  const auto certificates =
      CheckIdentity({flags_.cert_file, certificate_file_, certificate_text},
                    {flags_.key_file, key_file_, key_text});
  if (!certificates.ok()) return certificates.status();
  absl::Status status = bundle_.Replace(
      absl::StrCat(key_text->Reveal(), "\n", *certificate_text));
  if (!status.ok()) return status;
  const absl::Time expiry = ExpiryOf(sk_X509_value(certificates->get(), 0));
  if (expires_at_.exchange(absl::ToUnixSeconds(expiry)) != kNone) {
    spdlog::info(
        "reloaded the TLS certificate, valid until {}",
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", expiry, absl::UTCTimeZone()));
  }
  return absl::OkStatus();
}

}  // namespace wriftai
