#ifndef WRIFTAI_BASE_FAIR_SHARE_LRU_H_
#define WRIFTAI_BASE_FAIR_SHARE_LRU_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace wriftai {

// Values of several owners, each with an id, in LRU order. Eviction removes the
// least recently used entry of the owner with the largest weight. An owner may
// use idle capacity but never evicts smaller owners. Callers enforce the total
// limit.
//
// Finding, adding and erasing take logarithmic time in the number of owners and
// constant time in the number of values.
//
// Threads: one. Owns: the values. Fails: never.
template <typename Value>
class FairShareLru {
 public:
  // Its address is stable until it is erased.
  struct Entry {
    const std::string* owner = nullptr;
    std::string id;
    int64_t weight = 0;
    Value value;
  };

  FairShareLru() = default;
  FairShareLru(const FairShareLru&) = delete;
  FairShareLru& operator=(const FairShareLru&) = delete;

  // Null if absent.
  Entry* Find(absl::string_view owner, absl::string_view id) {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) return nullptr;
    const auto entry = found->second.by_id.find(id);
    return entry == found->second.by_id.end() ? nullptr : entry->second;
  }
  const Entry* Find(absl::string_view owner, absl::string_view id) const {
    return const_cast<FairShareLru*>(this)->Find(owner, id);
  }

  // Adds an entry as the most recently used one. The owner must not have an
  // entry with that `id` yet. `weight` is at least 0.
  Entry& Add(const std::string& owner, const std::string& id, int64_t weight,
             Value value) {
    const auto entry = owners_.try_emplace(owner).first;
    Node& node = all_.emplace_back();
    node.owner = &entry->first;
    node.id = id;
    node.weight = weight;
    node.value = std::move(value);
    node.in_all = std::prev(all_.end());
    entry->second.by_id[node.id] = &node;
    node.in_owner =
        entry->second.by_use.insert(entry->second.by_use.end(), &node);
    AddWeight(entry, weight);
    return node;
  }

  // Gives `entry` another value and weight, and makes it the most recently used
  // one.
  void Replace(Entry& entry, int64_t weight, Value value) {
    entry.value = std::move(value);
    if (weight != entry.weight) {
      AddWeight(owners_.find(*entry.owner), weight - entry.weight);
      entry.weight = weight;
    }
    Touch(entry);
  }

  // Makes `entry` the most recently used one.
  void Touch(Entry& entry) {
    auto& node = static_cast<Node&>(entry);
    all_.splice(all_.end(), all_, node.in_all);
    auto& by_use = owners_.find(*node.owner)->second.by_use;
    by_use.splice(by_use.end(), by_use, node.in_owner);
  }

  void Erase(Entry& entry) {
    auto& node = static_cast<Node&>(entry);
    const auto owner = owners_.find(*node.owner);
    owner->second.by_id.erase(node.id);
    owner->second.by_use.erase(node.in_owner);
    AddWeight(owner, -node.weight);
    all_.erase(node.in_all);
  }

  // The least recently used entry: of all owners, of one owner, and of the
  // owner with the largest weight. Null if empty.
  Entry* Oldest() { return all_.empty() ? nullptr : &all_.front(); }
  Entry* OldestOf(absl::string_view owner) {
    const auto found = owners_.find(owner);
    return found == owners_.end() ? nullptr : found->second.by_use.front();
  }
  Entry* NextToEvict() {
    return by_weight_.empty() ? nullptr : OldestOf(by_weight_.rbegin()->second);
  }

  int64_t weight() const { return weight_; }
  size_t size() const { return all_.size(); }

 private:
  struct Node : Entry {
    typename std::list<Node>::iterator in_all;
    typename std::list<Node*>::iterator in_owner;
  };
  struct Owner {
    absl::flat_hash_map<absl::string_view, Node*> by_id;
    std::list<Node*> by_use;  // Least recently used first.
    int64_t weight = 0;
  };
  using Owners = std::map<std::string, Owner, std::less<>>;

  // Also removes an owner without entries.
  void AddWeight(typename Owners::iterator entry, int64_t weight) {
    Owner& owner = entry->second;
    by_weight_.erase({owner.weight, entry->first});
    owner.weight += weight;
    weight_ += weight;
    if (owner.by_use.empty()) {
      owners_.erase(entry);
    } else {
      by_weight_.emplace(owner.weight, entry->first);
    }
  }

  std::list<Node> all_;  // Least recently used first.
  Owners owners_;
  std::set<std::pair<int64_t, absl::string_view>> by_weight_;
  int64_t weight_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_FAIR_SHARE_LRU_H_
