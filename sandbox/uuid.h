#ifndef WRIFTAI_SANDBOX_UUID_H_
#define WRIFTAI_SANDBOX_UUID_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace wriftai::sandbox {

// Generates UUIDs of version 4. A nonzero seed always gives the same sequence;
// 0 gives a random one.
//
// Threads: any. Fails: never.
class UuidSource {
 public:
  explicit UuidSource(uint64_t seed);
  std::string Next();

  // Restarts the sequence of a nonzero seed.
  void Restart();

 private:
  const uint64_t seed_;
  Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
};

// Parses a UUID with dashes or of 32 digits, and returns its canonical form
// (lower case, with dashes). Returns nullopt for other text.
std::optional<std::string> ParseUuid(absl::string_view text);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_UUID_H_
