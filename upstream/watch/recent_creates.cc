#include "upstream/watch/recent_creates.h"

namespace wriftai {

void RecentCreates::Record(const std::string& credential_key,
                           const std::string& id) {
  const absl::Time now = clock_.Now();
  for (auto* oldest = creates_.Oldest();
       oldest != nullptr && oldest->value <= now; oldest = creates_.Oldest()) {
    creates_.Erase(*oldest);
  }
  if (creates_.Find(credential_key, id) != nullptr) return;
  creates_.Add(credential_key, id, 1, now + kGrace);
  if (creates_.size() > kMaxCreates) creates_.Erase(*creates_.NextToEvict());
}

absl::Time RecentCreates::GraceEnd(const std::string& credential_key,
                                   const std::string& id) const {
  const auto* const create = creates_.Find(credential_key, id);
  return create == nullptr ? absl::InfinitePast() : create->value;
}

}  // namespace wriftai
