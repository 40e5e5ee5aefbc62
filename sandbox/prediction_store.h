#ifndef WRIFTAI_SANDBOX_PREDICTION_STORE_H_
#define WRIFTAI_SANDBOX_PREDICTION_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "sandbox/page_cursor.h"
#include "sandbox/prediction.h"

namespace wriftai::sandbox {

// The predictions of all callers. Each caller sees only its own; those of other
// callers look like nonexistent ones.
//
// Threads: any. Owns: the predictions; returns copies.
class PredictionStore {
 public:
  struct Options {
    // About 500 bytes each, without input and output.
    int64_t max_predictions = 100000;
    // Inputs and outputs together.
    int64_t max_payload_bytes = int64_t{1} << 30;
  };

  enum class InsertResult { kInserted, kIdTaken, kFull };
  enum class CancelResult { kAccepted, kAlreadyRequested, kEnded, kUnknown };

  struct Page {
    std::vector<Prediction> items;  // Newest first.
    std::optional<PageCursor> next;
    std::optional<PageCursor> previous;
  };

  explicit PredictionStore(Options options);

  // Stores `prediction` and sets its sequence. Evicts the oldest ended ones if
  // necessary; kFull if none has ended.
  InsertResult Insert(Prediction* prediction, absl::Time now);

  std::optional<Prediction> Find(absl::string_view caller,
                                 absl::string_view id) const;

  // Finds the prediction of any caller.
  std::optional<Prediction> FindAny(absl::string_view id) const;

  // Makes it end with `end` at `when`, unless it ends earlier.
  CancelResult Cancel(absl::string_view caller, absl::string_view id,
                      absl::Time now, absl::Time when, RunEnd end);

  Page List(absl::string_view caller, std::optional<PageCursor> cursor,
            size_t page_size) const;

  void Clear();
  size_t size() const;

 private:
  // Newest first.
  using BySequence = std::map<uint64_t, Prediction*, std::greater<>>;

  Prediction* FindLocked(absl::string_view caller, absl::string_view id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool EvictFor(int64_t payload, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  uint64_t last_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t payload_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Prediction> predictions_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Prediction*> by_id_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, BySequence> by_caller_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PREDICTION_STORE_H_
