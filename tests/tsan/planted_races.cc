// Data races on purpose. Each must be reported, or the suppressions hide too
// much. The argument chooses one.
#include <cstring>
#include <iostream>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "base/mutex.h"

namespace wriftai {
namespace {

int value = 0;

// Two threads, no lock.
void RaceWithoutLock() {
  std::thread other([] { ++value; });
  ++value;
  other.join();
}

// One of two threads takes the lock.
void RaceWithOneLock() {
  Mutex mutex;
  std::thread other([&] {
    MutexLock lock(mutex);
    ++value;
  });
  ++value;
  other.join();
}

// Two abseil mutexes do not order each other.
void RaceWithTwoAbslMutexes() {
  absl::Mutex first;
  absl::Mutex second;
  std::thread other([&] {
    absl::MutexLock lock(&first);
    ++value;
  });
  {
    absl::MutexLock lock(&second);
    ++value;
  }
  other.join();
}

// No race, with every kind of lock: must not be reported.
void NoRace() {
  absl::Mutex absl_mutex;
  Mutex mutex;
  absl::Notification done;
  int under_absl_mutex = 0;
  int under_mutex = 0;
  int before_notification = 0;
  std::thread other([&] {
    {
      absl::MutexLock lock(&absl_mutex);
      ++under_absl_mutex;
    }
    {
      MutexLock lock(mutex);
      ++under_mutex;
    }
    before_notification = 1;
    done.Notify();
  });
  {
    absl::MutexLock lock(&absl_mutex);
    ++under_absl_mutex;
  }
  {
    MutexLock lock(mutex);
    ++under_mutex;
  }
  done.WaitForNotification();
  ++before_notification;
  other.join();
}

}  // namespace
}  // namespace wriftai

int main(int argc, char** argv) {
  const auto is = [&](const char* name) {
    return argc == 2 && std::strcmp(argv[1], name) == 0;
  };
  if (is("no_lock")) {
    wriftai::RaceWithoutLock();
  } else if (is("one_lock")) {
    wriftai::RaceWithOneLock();
  } else if (is("two_absl_mutexes")) {
    wriftai::RaceWithTwoAbslMutexes();
  } else if (is("none")) {
    wriftai::NoRace();
  } else {
    std::cerr << "expected no_lock, one_lock, two_absl_mutexes or none\n";
    return 2;
  }
  std::cout << "done\n";
  return 0;
}
