#include "upstream/watch/ownership_index.h"

namespace wriftai {

bool OwnershipIndex::Record(const std::string& credential_key,
                            const std::string& id) {
  const absl::Time now = clock_.Now();
  Proofs::Entry* proof = proofs_.Find(credential_key, id);
  const bool is_new = proof == nullptr;
  if (is_new) {
    proof = &proofs_.Add(credential_key, id, 1, {});
    by_id_.emplace(proof->id, *proof->owner);
  } else {
    proofs_.Touch(*proof);
  }
  proof->value.expires_at = now + kKeepFor;
  while (proofs_.size() > kMost) Erase(*proofs_.NextToEvict());
  while (proofs_.Oldest()->value.expires_at <= now) Erase(*proofs_.Oldest());
  return is_new;
}

std::vector<std::string> OwnershipIndex::OwnersOf(const std::string& id) const {
  std::vector<std::string> owners;
  for (auto proof = by_id_.lower_bound({id, ""});
       proof != by_id_.end() && proof->first == id; ++proof) {
    const absl::string_view owner = proof->second;
    if (proofs_.Find(owner, id)->value.expires_at > clock_.Now()) {
      owners.emplace_back(owner);
    }
  }
  return owners;
}

bool OwnershipIndex::covered(const std::string& credential_key,
                             const std::string& id) const {
  const auto* const proof = proofs_.Find(credential_key, id);
  return proof != nullptr && proof->value.covered;
}

void OwnershipIndex::set_covered(const std::string& credential_key,
                                 const std::string& id, bool covered) {
  auto* const proof = proofs_.Find(credential_key, id);
  if (proof != nullptr) proof->value.covered = covered;
}

void OwnershipIndex::Forget(const std::string& credential_key) {
  while (auto* const proof = proofs_.OldestOf(credential_key)) Erase(*proof);
}

void OwnershipIndex::Erase(Proofs::Entry& proof) {
  by_id_.erase({proof.id, *proof.owner});
  proofs_.Erase(proof);
}

}  // namespace wriftai
