#include "upstream/rest/upstream_health.h"

#include <algorithm>

namespace wriftai {

void UpstreamHealth::OnResult(UpstreamResult result, absl::Time now) {
  const UpstreamResult::Verdict verdict = result.verdict();
  if (verdict == UpstreamResult::Verdict::kUnknown) return;
  const bool before = healthy();
  if (verdict == UpstreamResult::Verdict::kWorks) {
    failures_ = 0;
  } else {
    failures_ = std::min(failures_ + 1, kUnhealthyThreshold);
    last_failure_ = result;
  }
  if (healthy() == before) return;
  changed_at_ = now;
  if (listener_ != nullptr) listener_(healthy());
}

}  // namespace wriftai
