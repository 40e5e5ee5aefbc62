#ifndef WRIFTAI_BASE_BYTE_BUDGET_H_
#define WRIFTAI_BASE_BYTE_BUDGET_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"

namespace wriftai {

// A bound on memory shared by several owners, such as the messages of all calls
// in progress. As in DynamicThresholdLimiter, an owner may hold kShare times as
// much as is still free. A new owner therefore always finds free memory.
//
// Threads: any. Shares: the counts with the holds. Fails: never.
class ByteBudget {
  struct Taken {
    mutable Mutex mutex;
    size_t all ABSL_GUARDED_BY(mutex) = 0;
    std::map<std::string, size_t> by_owner ABSL_GUARDED_BY(mutex);
  };

 public:
  // Acquired bytes, released by the destructor. May outlive the budget. Empty
  // after a move.
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

  // Returns nullopt if the owner's share is exhausted.
  std::optional<Hold> TryAcquire(const std::string& owner, size_t bytes);

  size_t max_bytes() const { return max_bytes_; }
  size_t held() const;

 private:
  const size_t max_bytes_;
  const std::shared_ptr<Taken> taken_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_BYTE_BUDGET_H_
