#include "service/server/tls/client_credentials.h"

#include <utility>

#include "service/server/tls/pem.h"

namespace wriftai {
namespace {

// Reads `file` into `text`, unless it has no path. True if something changed.
template <typename Text>
bool ReadChange(WatchedFile& file, absl::Time now, absl::StatusOr<Text>& text) {
  if (file.path().empty()) return false;
  auto read = file.ReadIfChanged(now);
  if (!read.has_value()) return false;
  if (read->ok()) {
    text = Text(**std::move(read));
  } else {
    text = read->status();
  }
  return true;
}

}  // namespace

ClientCredentials::ClientCredentials(const PemFile& ca, const PemFile& cert,
                                     const PemFile& key)
    : ca_setting_(ca.setting),
      cert_setting_(cert.setting),
      key_setting_(key.setting),
      ca_file_(ca.path, kMaxPemFileBytes),
      cert_file_(cert.path, kMaxPemFileBytes),
      key_file_(key.path, kMaxPemFileBytes) {}

absl::StatusOr<bool> ClientCredentials::Reload(absl::Time now) {
  bool changed = ReadChange(ca_file_, now, ca_);
  changed |= ReadChange(cert_file_, now, cert_);
  changed |= ReadChange(key_file_, now, key_);
  if (!changed && credentials_ != nullptr) return false;
  if (absl::Status status = Check(); !status.ok()) return status;
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *ca_;
  options.pem_cert_chain = *cert_;
  options.pem_private_key = std::string(key_->Reveal());
  credentials_ = grpc::SslCredentials(options);
  return true;
}

absl::Status ClientCredentials::Check() const {
  if (!ca_file_.path().empty() &&
      (!ca_.ok() || CertificatesFromPem(*ca_) == nullptr)) {
    return InvalidFile(ca_setting_, ca_file_,
                       "a readable PEM file with certificates", ca_.status());
  }
  if (cert_file_.path().empty()) return absl::OkStatus();
  return CheckIdentity({cert_setting_, cert_file_, cert_},
                       {key_setting_, key_file_, key_})
      .status();
}

}  // namespace wriftai
