#include "service/etcd/etcd_credentials.h"

#include <utility>

#include "service/server/tls/pem.h"

namespace wriftai {
namespace {

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
    return InvalidFile("--etcd_ca_file", ca_file_,
                       "a readable PEM file with certificates", ca_.status());
  }
  if (cert_file_.path().empty()) return absl::OkStatus();
  return CheckIdentity({"--etcd_cert_file", cert_file_, cert_},
                       {"--etcd_key_file", key_file_, key_})
      .status();
}

}  // namespace wriftai
