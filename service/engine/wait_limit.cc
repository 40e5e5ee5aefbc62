#include "service/engine/wait_limit.h"

#include <map>

namespace wriftai {

struct WaitLimit::Taken {
  size_t all = 0;
  std::map<std::string, size_t> by_credential;
};

WaitLimit::Place::~Place() {
  if (taken_ == nullptr) return;
  --taken_->all;
  const auto whose = taken_->by_credential.find(credential_key_);
  if (--whose->second == 0) taken_->by_credential.erase(whose);
}

WaitLimit::WaitLimit(size_t most)
    : most_(most), taken_(std::make_shared<Taken>()) {}

std::optional<WaitLimit::Place> WaitLimit::Take(
    const std::string& credential_key) {
  if (taken_by(credential_key) >= kShare * (most_ - taken_->all)) {
    return std::nullopt;
  }
  ++taken_->by_credential[credential_key];
  ++taken_->all;
  return Place(taken_, credential_key);
}

size_t WaitLimit::taken_by(const std::string& credential_key) const {
  const auto found = taken_->by_credential.find(credential_key);
  return found == taken_->by_credential.end() ? 0 : found->second;
}

}  // namespace wriftai
