#include "base/delivered_bytes.h"

#include "absl/strings/str_replace.h"

namespace wriftai {

void DeliveredBytes::Add(absl::string_view peer, int64_t bytes) {
  // The scheme ends at the first colon.
  std::string key(peer.substr(peer.find(':') + 1));
  absl::StrReplaceAll({{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}}, &key);
  const MutexLock lock(mutex_);
  if (bytes_.size() >= kMaxPeers && !bytes_.contains(key)) return;
  bytes_[key] += bytes;
}

int64_t DeliveredBytes::Get(const std::string& peer) const {
  const MutexLock lock(mutex_);
  const auto found = bytes_.find(peer);
  return found == bytes_.end() ? 0 : found->second;
}

void DeliveredBytes::Retain(const std::set<std::string>& peers) {
  const MutexLock lock(mutex_);
  absl::erase_if(bytes_, [&peers](const auto& entry) {
    return peers.count(entry.first) == 0;
  });
}

}  // namespace wriftai
