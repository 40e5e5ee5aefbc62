#include "upstream/watch/proven_owners.h"

#include <iterator>

namespace wriftai {

bool ProvenOwners::Prove(const std::string& credential_key,
                         const std::string& id) {
  const absl::Time now = clock_.Now();
  const auto [proof, is_new] = proofs_.try_emplace(Key(id, credential_key));
  if (is_new) {
    proof->second.order = by_proof_.insert(by_proof_.end(), proof->first);
  } else {
    by_proof_.splice(by_proof_.end(), by_proof_, proof->second.order);
  }
  proof->second.expires_at = now + kKeepFor;
  while (proofs_.size() > kMost ||
         proofs_.at(by_proof_.front()).expires_at <= now) {
    Erase(proofs_.find(by_proof_.front()));
  }
  return is_new;
}

std::vector<std::string> ProvenOwners::Of(const std::string& id) {
  std::vector<std::string> owners;
  auto proof = proofs_.lower_bound(Key(id, std::string()));
  while (proof != proofs_.end() && proof->first.first == id) {
    if (proof->second.expires_at <= clock_.Now()) {
      proof = Erase(proof);
      continue;
    }
    owners.push_back(proof->first.second);
    ++proof;
  }
  return owners;
}

bool ProvenOwners::covered(const std::string& credential_key,
                           const std::string& id) const {
  const auto proof = proofs_.find(Key(id, credential_key));
  return proof != proofs_.end() && proof->second.covered;
}

void ProvenOwners::set_covered(const std::string& credential_key,
                               const std::string& id, bool covered) {
  const auto proof = proofs_.find(Key(id, credential_key));
  if (proof != proofs_.end()) proof->second.covered = covered;
}

void ProvenOwners::Forget(const std::string& credential_key) {
  for (auto proof = proofs_.begin(); proof != proofs_.end();) {
    proof =
        proof->first.second == credential_key ? Erase(proof) : std::next(proof);
  }
}

ProvenOwners::Proofs::iterator ProvenOwners::Erase(Proofs::iterator proof) {
  by_proof_.erase(proof->second.order);
  return proofs_.erase(proof);
}

}  // namespace wriftai
