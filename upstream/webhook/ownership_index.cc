#include "upstream/webhook/ownership_index.h"

namespace wriftai {

bool OwnershipIndex::Record(const std::string& credential_key,
                            const std::string& id) {
  const absl::Time now = clock_.Now();
  Entries::Entry* entry = entries_.Find(credential_key, id);
  const bool is_new = entry == nullptr;
  if (is_new) {
    entry = &entries_.Add(credential_key, id, 1, {});
    by_id_.emplace(entry->id, *entry->owner);
  } else {
    entries_.Touch(*entry);
  }
  entry->value.expires_at = now + kTtl;
  while (entries_.size() > kMaxEntries) Erase(*entries_.NextToEvict());
  while (entries_.Oldest()->value.expires_at <= now) Erase(*entries_.Oldest());
  return is_new;
}

std::vector<std::string> OwnershipIndex::OwnersOf(const std::string& id) const {
  std::vector<std::string> owners;
  for (auto entry = by_id_.lower_bound({id, ""});
       entry != by_id_.end() && entry->first == id; ++entry) {
    const absl::string_view owner = entry->second;
    if (entries_.Find(owner, id)->value.expires_at > clock_.Now()) {
      owners.emplace_back(owner);
    }
  }
  return owners;
}

bool OwnershipIndex::webhook_active(const std::string& credential_key,
                                    const std::string& id) const {
  const auto* const entry = entries_.Find(credential_key, id);
  return entry != nullptr && entry->value.webhook_active;
}

void OwnershipIndex::set_webhook_active(const std::string& credential_key,
                                        const std::string& id,
                                        bool webhook_active) {
  auto* const entry = entries_.Find(credential_key, id);
  if (entry != nullptr) entry->value.webhook_active = webhook_active;
}

void OwnershipIndex::Evict(const std::string& credential_key) {
  while (auto* const entry = entries_.OldestOf(credential_key)) Erase(*entry);
}

void OwnershipIndex::Erase(Entries::Entry& entry) {
  by_id_.erase({entry.id, *entry.owner});
  entries_.Erase(entry);
}

}  // namespace wriftai
