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

// Values of several owners, each under an id, in the order of their use. When
// there must be room, the owner that weighs most gives way, by what it has used
// least recently: one owner may fill what nobody else needs, and takes nothing
// from those who need little. How much there may be is the user's to say.
//
// Finding, adding and erasing take logarithmic time in the number of owners and
// constant time in that of the values.
//
// Threads: one. Owns: the values. Fails: never.
template <typename Value>
class FairShareLru {
 public:
  // Stays where it is until it is erased.
  struct Entry {
    const std::string* owner = nullptr;
    std::string id;
    int64_t weight = 0;
    Value value;
  };

  FairShareLru() = default;
  FairShareLru(const FairShareLru&) = delete;
  FairShareLru& operator=(const FairShareLru&) = delete;

  // Null where there is none.
  Entry* Find(absl::string_view owner, absl::string_view id) {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) return nullptr;
    const auto entry = found->second.by_id.find(id);
    return entry == found->second.by_id.end() ? nullptr : entry->second;
  }
  const Entry* Find(absl::string_view owner, absl::string_view id) const {
    return const_cast<FairShareLru*>(this)->Find(owner, id);
  }

  // The most recently used one from now on. There must be none yet of that
  // owner and id. `weight` from 0.
  Entry& Add(const std::string& owner, const std::string& id, int64_t weight,
             Value value) {
    const auto whose = owners_.try_emplace(owner).first;
    Node& node = all_.emplace_back();
    node.owner = &whose->first;
    node.id = id;
    node.weight = weight;
    node.value = std::move(value);
    node.in_all = std::prev(all_.end());
    whose->second.by_id[node.id] = &node;
    node.in_owner =
        whose->second.by_use.insert(whose->second.by_use.end(), &node);
    Weigh(whose, weight);
    return node;
  }

  // It is the most recently used one from now on.
  void Touch(Entry& entry) {
    auto& node = static_cast<Node&>(entry);
    all_.splice(all_.end(), all_, node.in_all);
    auto& by_use = owners_.find(*node.owner)->second.by_use;
    by_use.splice(by_use.end(), by_use, node.in_owner);
  }

  void Erase(Entry& entry) {
    auto& node = static_cast<Node&>(entry);
    const auto whose = owners_.find(*node.owner);
    whose->second.by_id.erase(node.id);
    whose->second.by_use.erase(node.in_owner);
    Weigh(whose, -node.weight);
    all_.erase(node.in_all);
  }

  // The least recently used one: of all, of one owner, of the owner that weighs
  // most, which is to go next. Null where there is none.
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

  // An owner that has nothing is forgotten.
  void Weigh(typename Owners::iterator whose, int64_t more) {
    Owner& owner = whose->second;
    by_weight_.erase({owner.weight, whose->first});
    owner.weight += more;
    weight_ += more;
    if (owner.by_use.empty()) {
      owners_.erase(whose);
    } else {
      by_weight_.emplace(owner.weight, whose->first);
    }
  }

  std::list<Node> all_;  // Least recently used first.
  Owners owners_;
  std::set<std::pair<int64_t, absl::string_view>> by_weight_;
  int64_t weight_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_FAIR_SHARE_LRU_H_
