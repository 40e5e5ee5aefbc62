// Debian's abseil is not built with the thread sanitizer, which therefore does
// not see what absl::Mutex, CondVar and Notification order, in gRPC and here.
// The functions below replace those of the shared library in a test program:
// each calls the original and reports the order. They are those that gRPC and
// this project call.
#include <dlfcn.h>

#include <cstdlib>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

// The library's names of members of absl::Mutex, CondVar and Notification.
#define MUTEX(member) "_ZN4absl7debian35Mutex" member
#define CONDVAR(member) "_ZN4absl7debian37CondVar" member
#define NOTIFICATION(member) "_ZN4absl7debian312Notification" member
#define CONST_NOTIFICATION(member) "_ZNK4absl7debian312Notification" member

#define LOCK MUTEX("4LockEv")
#define TRY_LOCK MUTEX("7TryLockEv")
#define UNLOCK MUTEX("6UnlockEv")
#define AWAIT_CONDITION_FOR \
  MUTEX("16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE")
#define WAIT CONDVAR("4WaitEPNS0_5MutexE")
#define WAIT_FOR CONDVAR("15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE")
#define WAIT_UNTIL CONDVAR("16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE")
#define NOTIFY NOTIFICATION("6NotifyEv")
#define AWAIT CONST_NOTIFICATION("19WaitForNotificationEv")
#define AWAIT_FOR \
  CONST_NOTIFICATION("30WaitForNotificationWithTimeoutENS0_8DurationE")

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
}

// Member functions as their callers see them, with `this` first.
namespace wriftai {
namespace {

// The library's definition, which follows this program's own.
template <typename Function>
Function* Original(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

// Where HasBeenNotified, which is inline, reads: after the mutex.
void* FlagOf(const absl::Notification* notification) {
  return const_cast<char*>(reinterpret_cast<const char*>(notification)) +
         sizeof(absl::Mutex);
}

}  // namespace

void Lock(absl::Mutex* mutex) asm(LOCK);
void Lock(absl::Mutex* mutex) {
  static auto* const original = Original<void(absl::Mutex*)>(LOCK);
  original(mutex);
  __tsan_acquire(mutex);
}

bool TryLock(absl::Mutex* mutex) asm(TRY_LOCK);
bool TryLock(absl::Mutex* mutex) {
  static auto* const original = Original<bool(absl::Mutex*)>(TRY_LOCK);
  const bool locked = original(mutex);
  if (locked) __tsan_acquire(mutex);
  return locked;
}

void Unlock(absl::Mutex* mutex) asm(UNLOCK);
void Unlock(absl::Mutex* mutex) {
  static auto* const original = Original<void(absl::Mutex*)>(UNLOCK);
  __tsan_release(mutex);
  // This evaluates the conditions of waiting threads, still under the lock.
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  original(mutex);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}

bool AwaitConditionFor(absl::Mutex* mutex, const absl::Condition& condition,
                       absl::Duration timeout) asm(AWAIT_CONDITION_FOR);
bool AwaitConditionFor(absl::Mutex* mutex, const absl::Condition& condition,
                       absl::Duration timeout) {
  static auto* const original =
      Original<bool(absl::Mutex*, const absl::Condition&, absl::Duration)>(
          AWAIT_CONDITION_FOR);
  __tsan_release(mutex);
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  const bool met = original(mutex, condition, timeout);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  __tsan_acquire(mutex);
  return met;
}

void Wait(absl::CondVar* condition, absl::Mutex* mutex) asm(WAIT);
void Wait(absl::CondVar* condition, absl::Mutex* mutex) {
  static auto* const original =
      Original<void(absl::CondVar*, absl::Mutex*)>(WAIT);
  __tsan_release(mutex);
  original(condition, mutex);
  __tsan_acquire(mutex);
}

bool WaitFor(absl::CondVar* condition, absl::Mutex* mutex,
             absl::Duration timeout) asm(WAIT_FOR);
bool WaitFor(absl::CondVar* condition, absl::Mutex* mutex,
             absl::Duration timeout) {
  static auto* const original =
      Original<bool(absl::CondVar*, absl::Mutex*, absl::Duration)>(WAIT_FOR);
  __tsan_release(mutex);
  const bool timed_out = original(condition, mutex, timeout);
  __tsan_acquire(mutex);
  return timed_out;
}

bool WaitUntil(absl::CondVar* condition, absl::Mutex* mutex,
               absl::Time deadline) asm(WAIT_UNTIL);
bool WaitUntil(absl::CondVar* condition, absl::Mutex* mutex,
               absl::Time deadline) {
  static auto* const original =
      Original<bool(absl::CondVar*, absl::Mutex*, absl::Time)>(WAIT_UNTIL);
  __tsan_release(mutex);
  const bool timed_out = original(condition, mutex, deadline);
  __tsan_acquire(mutex);
  return timed_out;
}

void Notify(absl::Notification* notification) asm(NOTIFY);
void Notify(absl::Notification* notification) {
  static auto* const original = Original<void(absl::Notification*)>(NOTIFY);
  __tsan_release(FlagOf(notification));
  original(notification);
}

void Await(const absl::Notification* notification) asm(AWAIT);
void Await(const absl::Notification* notification) {
  static auto* const original =
      Original<void(const absl::Notification*)>(AWAIT);
  original(notification);
  __tsan_acquire(FlagOf(notification));
}

bool AwaitFor(const absl::Notification* notification,
              absl::Duration timeout) asm(AWAIT_FOR);
bool AwaitFor(const absl::Notification* notification, absl::Duration timeout) {
  static auto* const original =
      Original<bool(const absl::Notification*, absl::Duration)>(AWAIT_FOR);
  const bool notified = original(notification, timeout);
  if (notified) __tsan_acquire(FlagOf(notification));
  return notified;
}

}  // namespace wriftai
