#ifndef WRIFTAI_SANDBOX_UUID_H_
#define WRIFTAI_SANDBOX_UUID_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace wriftai::sandbox {

// Makes UUIDs of version 4: the same ones in the same order for the same seed
// other than 0, others at each start for 0.
//
// Threads: any. Fails: never.
class UuidSource {
 public:
  explicit UuidSource(uint64_t seed);
  std::string Next();

  // Starts the row of a seed other than 0 anew.
  void Restart();

 private:
  const uint64_t seed_;
  Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
};

// The canonical form (lower case, with dashes) of a UUID that is written with
// dashes or as 32 digits; nothing for any other text.
std::optional<std::string> ParseUuid(absl::string_view text);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_UUID_H_
