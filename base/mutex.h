#ifndef WRIFTAI_BASE_MUTEX_H_
#define WRIFTAI_BASE_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace wriftai {

// std::mutex with the annotations that clang's -Wthread-safety checks.
// Debian's abseil is not built with the thread sanitizer, which then reports
// false races inside absl::Mutex. It supports std::mutex.
class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_MUTEX_H_
