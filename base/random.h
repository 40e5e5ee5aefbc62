#ifndef WRIFTAI_BASE_RANDOM_H_
#define WRIFTAI_BASE_RANDOM_H_

#include <cstdint>
#include <random>

namespace wriftai {

// Random numbers for jitter, never for secrets. The seed is an argument so that
// a failed test can be reproduced.
//
// Threads: one at a time.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // In [0, 1).
  double Uniform() { return distribution_(engine_); }

 private:
  std::mt19937_64 engine_;
  std::uniform_real_distribution<double> distribution_{0.0, 1.0};
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_RANDOM_H_
