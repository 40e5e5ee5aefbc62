#include "service/etcd/etcd_credentials.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "service/server/tls/pem.h"

namespace wriftai {
namespace {

absl::Status Invalid(absl::string_view flag, const WatchedFile& file,
                     absl::string_view expected,
                     const absl::Status& read = absl::OkStatus()) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", file.path(), ": expected ", expected,
                   read.ok() ? "" : ": ", read.message()));
}

// Reads `file` into `text`, unless it has no path. True if something changed.
template <typename Text>
bool Update(WatchedFile& file, absl::Time now, absl::StatusOr<Text>& text) {
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

EtcdCredentials::EtcdCredentials(const EtcdConfig& config)
    : ca_file_(config.ca_file, kMaxPemFileBytes),
      cert_file_(config.cert_file, kMaxPemFileBytes),
      key_file_(config.key_file, kMaxPemFileBytes) {}

absl::StatusOr<bool> EtcdCredentials::Reload(absl::Time now) {
  bool changed = Update(ca_file_, now, ca_);
  changed |= Update(cert_file_, now, cert_);
  changed |= Update(key_file_, now, key_);
  if (!changed && credentials_ != nullptr) return false;
  if (absl::Status status = Check(); !status.ok()) return status;
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *ca_;
  options.pem_cert_chain = *cert_;
  options.pem_private_key = std::string(key_->Reveal());
  credentials_ = grpc::SslCredentials(options);
  return true;
}

absl::Status EtcdCredentials::Check() const {
  if (!ca_file_.path().empty() &&
      (!ca_.ok() || CertificatesFromPem(*ca_) == nullptr)) {
    return Invalid("--etcd_ca_file", ca_file_,
                   "a readable PEM file with certificates", ca_.status());
  }
  if (cert_file_.path().empty()) return absl::OkStatus();
  const auto certificates = CertificatesFromPem(cert_.ok() ? *cert_ : "");
  if (certificates == nullptr) {
    return Invalid("--etcd_cert_file", cert_file_,
                   "a readable PEM file with a certificate and its "
                   "intermediates",
                   cert_.status());
  }
  const auto key = KeyFromPem(key_.ok() ? key_->Reveal() : "");
  if (key == nullptr) {
    return Invalid("--etcd_key_file", key_file_,
                   "a readable PEM file with a private key without a "
                   "passphrase",
                   key_.status());
  }
  if (!IsUsableIdentity(certificates.get(), key.get())) {
    return Invalid("--etcd_key_file", key_file_,
                   "the key of the first certificate in --etcd_cert_file, both "
                   "of at least 112 bits of security");
  }
  return absl::OkStatus();
}

}  // namespace wriftai
