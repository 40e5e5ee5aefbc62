#include "service/server/client_certificate_verifier.h"

#include <ctime>

#include "absl/strings/string_view.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// A client that is refused comes back at once, and clients are many: the log
// names one of them, the metric counts all.
constexpr int64_t kLogSeconds = 10;

absl::string_view View(const grpc::string_ref& text) {
  return {text.data(), text.size()};
}

}  // namespace

bool ClientCertificateVerifier::Verify(
    grpc::experimental::TlsCustomVerificationCheckRequest* request,
    std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) {
  const absl::string_view leaf = View(request->peer_cert());
  const auto refusal =
      policy_->Check(leaf, View(request->peer_cert_full_chain()));
  if (refusal.has_value()) {
    Log(*refusal, leaf);
    *sync_status =
        grpc::Status(grpc::StatusCode::UNAUTHENTICATED, NameOf(*refusal));
  }
  return true;
}

void ClientCertificateVerifier::Log(TlsRefusal refusal,
                                    absl::string_view leaf) {
  // Only certificates of our authorities: what others write into theirs does
  // not belong into the log.
  if (refusal != TlsRefusal::kNameNotAllowed &&
      refusal != TlsRefusal::kExpired) {
    return;
  }
  const int64_t now = std::time(nullptr);
  int64_t next = next_log_.load();
  if (now < next ||
      !next_log_.compare_exchange_strong(next, now + kLogSeconds)) {
    return;
  }
  spdlog::warn("a client was refused, {}: {}", NameOf(refusal),
               ClientCertificatePolicy::NamesOf(leaf));
}

}  // namespace wriftai
