#ifndef WRIFTAI_TESTS_CLIENT_FAKE_HOST_H_
#define WRIFTAI_TESTS_CLIENT_FAKE_HOST_H_

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/host.h"

namespace wriftai::client {

// A clock that advances only while the program sleeps.
class FakeClock : public Clock {
 public:
  absl::Time Now() override { return now_; }
  void Sleep(absl::Duration duration) override { now_ += duration; }
  void Advance(absl::Duration duration) { now_ += duration; }
  absl::Duration passed() const { return now_ - absl::UnixEpoch(); }

 private:
  absl::Time now_ = absl::UnixEpoch();
};

// Reports a signal as soon as a condition holds.
class FakeInterrupt : public Interrupt {
 public:
  int Signal() override {
    if (signal_ == 0 && when && when()) signal_ = number;
    return signal_;
  }

  std::function<bool()> when;
  int number = 2;

 private:
  int signal_ = 0;
};

// A host without a terminal, unless a test changes that.
struct FakeHost {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, false, false, [] { return 80; }};
  FakeClock clock;
  FakeInterrupt interrupt;
  Host host{console, clock, interrupt, [] { return 0.0; }};
};

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_FAKE_HOST_H_
