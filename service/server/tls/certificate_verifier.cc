#include "service/server/tls/certificate_verifier.h"

#include <ctime>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// Minimum time between log lines. Both sides retry at once, and there may be
// many: the log names one of them, the metric counts all.
constexpr int64_t kLogIntervalSeconds = 10;

absl::string_view View(const grpc::string_ref& text) {
  return {text.data(), text.size()};
}

}  // namespace

bool CertificateVerifier::Verify(
    grpc::experimental::TlsCustomVerificationCheckRequest* request,
    std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) {
  const absl::string_view leaf = View(request->peer_cert());
  const auto refusal =
      policy_->Check(leaf, View(request->peer_cert_full_chain()));
  if (refusal.has_value()) {
    Log(*refusal, leaf);
    *sync_status =
        grpc::Status(grpc::StatusCode::UNAUTHENTICATED, ToString(*refusal));
  }
  return true;
}

void CertificateVerifier::Log(TlsRefusal refusal, absl::string_view leaf) {
  // The names in certificates of other CAs are untrusted input.
  const bool is_trusted =
      refusal == TlsRefusal::kNameNotAllowed || refusal == TlsRefusal::kExpired;
  // A port for callers may be scanned; one for replicas is misconfigured.
  if (!is_trusted && !of_replicas_) return;
  const int64_t now = std::time(nullptr);
  int64_t next = next_log_at_.load();
  if (now < next ||
      !next_log_at_.compare_exchange_strong(next, now + kLogIntervalSeconds)) {
    return;
  }
  spdlog::warn(
      "rejected a {}{} certificate, {}{}", of_replicas_ ? "replica's " : "",
      policy_->role() == CertificateRole::kClient ? "client" : "server",
      ToString(refusal),
      is_trusted ? absl::StrCat(": ", CertificatePolicy::NamesOf(leaf)) : "");
}

}  // namespace wriftai
