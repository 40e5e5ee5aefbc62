#ifndef WRIFTAI_BASE_DYNAMIC_THRESHOLD_LIMITER_H_
#define WRIFTAI_BASE_DYNAMIC_THRESHOLD_LIMITER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace wriftai {

// A bound on the number of slots that several owners hold at the same time. An
// owner may hold `share` times as many as are still free (Choudhury and Hahne's
// dynamic threshold, 1998). A single owner gets share/(share+1) of all, and a
// new owner always finds a free slot. Unlike FairShareLru, it never evicts.
//
// Threads: one. Shares: the counts with the slots. Fails: never.
class DynamicThresholdLimiter {
  struct Taken {
    size_t all = 0;
    std::map<std::string, size_t> by_owner;
  };

 public:
  // An acquired slot, released by the destructor. May outlive the limiter.
  class Slot {
   public:
    Slot(Slot&& other) noexcept = default;
    Slot& operator=(Slot&& other) = delete;
    ~Slot();

   private:
    friend class DynamicThresholdLimiter;
    Slot(std::shared_ptr<Taken> taken,
         std::map<std::string, size_t>::iterator owner)
        : taken_(std::move(taken)), owner_(owner) {}

    std::shared_ptr<Taken> taken_;  // Null after a move.
    std::map<std::string, size_t>::iterator owner_;
  };

  DynamicThresholdLimiter(size_t max_slots, size_t share);

  // Returns nullopt if the owner's share is exhausted.
  std::optional<Slot> TryAcquire(const std::string& owner);

  // How many slots the owner holds.
  size_t held_by(const std::string& owner) const;

 private:
  const size_t max_slots_;
  const size_t share_;
  const std::shared_ptr<Taken> taken_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_DYNAMIC_THRESHOLD_LIMITER_H_
