#ifndef WRIFTAI_SERVICE_SERVER_TLS_TLS_REFUSAL_H_
#define WRIFTAI_SERVICE_SERVER_TLS_TLS_REFUSAL_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace wriftai {

// Why a client's connection is refused after the TLS handshake.
enum class TlsRefusal {
  kNoCertificate,
  kUntrusted,
  kExpired,
  kWrongPurpose,
  kNameNotAllowed,
};

// The refusals in order, with their names in metrics, the log and
// docs/security.md.
struct TlsRefusalName {
  TlsRefusal refusal;
  const char* name;
};
inline constexpr std::array<TlsRefusalName, 5> kTlsRefusals = {{
    {TlsRefusal::kNoCertificate, "no_certificate"},
    {TlsRefusal::kUntrusted, "untrusted"},
    {TlsRefusal::kExpired, "expired"},
    {TlsRefusal::kWrongPurpose, "wrong_purpose"},
    {TlsRefusal::kNameNotAllowed, "name_not_allowed"},
}};

inline const char* ToString(TlsRefusal refusal) {
  return kTlsRefusals[static_cast<size_t>(refusal)].name;
}

// Counts refused connections. Threads: any.
class TlsRefusalCounters {
 public:
  void Count(TlsRefusal refusal) { ++counts_[static_cast<size_t>(refusal)]; }
  int64_t count(TlsRefusal refusal) const {
    return counts_[static_cast<size_t>(refusal)];
  }

 private:
  std::array<std::atomic<int64_t>, kTlsRefusals.size()> counts_{};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_TLS_REFUSAL_H_
