#ifndef WRIFTAI_SERVICE_SERVER_TLS_REFUSAL_H_
#define WRIFTAI_SERVICE_SERVER_TLS_REFUSAL_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace wriftai {

// Why a client's connection is refused once its certificate is there to look
// at, or is seen to be missing.
enum class TlsRefusal {
  kNoCertificate,
  kUntrusted,
  kExpired,
  kWrongPurpose,
  kNameNotAllowed,
};

// Each, in order, with the name that metrics, the log and docs/security.md
// have for it.
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

inline const char* NameOf(TlsRefusal refusal) {
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

#endif  // WRIFTAI_SERVICE_SERVER_TLS_REFUSAL_H_
