#ifndef WRIFTAI_BASE_BYTE_BUDGET_H_
#define WRIFTAI_BASE_BYTE_BUDGET_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"

namespace wriftai {

// A bound on the memory that several owners take at the same time, such as the
// messages of all calls in progress. As DynamicThresholdLimiter, an owner may
// have kShare times as much as is still free, so that a new one finds room
// whatever the others take.
//
// Threads: any. Shares: the counts with the holds. Fails: never.
class ByteBudget {
  struct Taken {
    mutable Mutex mutex;
    size_t all ABSL_GUARDED_BY(mutex) = 0;
    std::map<std::string, size_t> by_owner ABSL_GUARDED_BY(mutex);
  };

 public:
  // Bytes that were taken, released with it. It may outlive the budget. Empty
  // where it was moved from.
  class Hold {
   public:
    Hold() = default;
    Hold(Hold&& other) noexcept = default;
    Hold& operator=(Hold&& other) noexcept;
    ~Hold() { Release(); }

   private:
    friend class ByteBudget;
    Hold(std::shared_ptr<Taken> taken, std::string owner, size_t bytes)
        : taken_(std::move(taken)), owner_(std::move(owner)), bytes_(bytes) {}
    void Release();

    std::shared_ptr<Taken> taken_;
    std::string owner_;
    size_t bytes_ = 0;
  };

  explicit ByteBudget(size_t max_bytes)
      : max_bytes_(max_bytes), taken_(std::make_shared<Taken>()) {}

  // None where there is no room for the owner.
  std::optional<Hold> TryAcquire(const std::string& owner, size_t bytes);

  size_t max_bytes() const { return max_bytes_; }
  size_t held() const;

 private:
  const size_t max_bytes_;
  const std::shared_ptr<Taken> taken_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_BYTE_BUDGET_H_
