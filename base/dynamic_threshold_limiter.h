#ifndef WRIFTAI_BASE_DYNAMIC_THRESHOLD_LIMITER_H_
#define WRIFTAI_BASE_DYNAMIC_THRESHOLD_LIMITER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace wriftai {

// A bound on how many of something several owners have at the same time. An
// owner may have `share` times as many as are still free (Choudhury and Hahne's
// dynamic threshold, 1998): one alone share/(share+1) of all, and who comes new
// finds room, whatever others have. In contrast to FairShareLru nothing that is
// had gives way.
//
// Threads: one. Shares: the counts with the places. Fails: never.
class DynamicThresholdLimiter {
  struct Taken {
    size_t all = 0;
    std::map<std::string, size_t> by_owner;
  };

 public:
  // Room for one, given back with it. It may outlive the limit.
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

    std::shared_ptr<Taken> taken_;  // Null where it has moved on.
    std::map<std::string, size_t>::iterator owner_;
  };

  DynamicThresholdLimiter(size_t most, size_t share);

  // None where there is no room for the owner.
  std::optional<Slot> TryAcquire(const std::string& owner);

  // How many the owner has.
  size_t held_by(const std::string& owner) const;

 private:
  const size_t most_;
  const size_t share_;
  const std::shared_ptr<Taken> taken_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_DYNAMIC_THRESHOLD_LIMITER_H_
