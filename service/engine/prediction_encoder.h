#ifndef WRIFTAI_SERVICE_ENGINE_PREDICTION_ENCODER_H_
#define WRIFTAI_SERVICE_ENGINE_PREDICTION_ENCODER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "base/byte_budget.h"
#include "base/call.h"
#include "base/worker_pool.h"
#include "proto/predictions.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// Encodes snapshots for their receivers: small ones inline, large ones in the
// worker pool. Concurrent requests for the same encoding share one job. Large
// encodings live as long as a receiver holds them, and are charged to the first
// one. A large payload that needs no conversion is not encoded: the bytes keep
// its snapshot, and are charged all the same.
//
// Threads: loop; the bytes: any. Owns: the jobs. Pool and budget must outlive
// it, and it must outlive its handles.
class PredictionEncoder {
 public:
  using Bytes = std::shared_ptr<const EncodedPrediction>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Bytes>)>;

  PredictionEncoder(WorkerPool& workers, ByteBudget& budget)
      : workers_(workers), budget_(budget) {}

  // Null if the snapshot is not encoded yet, and is too large to encode inline
  // or for the budget of `owner`.
  Bytes Find(const std::string& owner, const SnapshotPtr& snapshot,
             v1::PayloadFormat format);

  // Encodes `snapshot` for `owner` after Find() has returned null. `done` is
  // called later, unless the handle is destroyed first. RESOURCE_EXHAUSTED
  // (MESSAGE_MEMORY_EXHAUSTED) if the owner's budget is exhausted and this is
  // not the response to a create.
  [[nodiscard]] CallHandle Encode(const std::string& owner,
                                  const SnapshotPtr& snapshot,
                                  v1::PayloadFormat format, Done done);

 private:
  using Key = std::pair<const Snapshot*, v1::PayloadFormat>;
  struct Encoding;
  class Joiner;

  void Complete(const Key& key, EncodedPrediction parts);
  Bytes Share(const std::string& owner, const SnapshotPtr& snapshot,
              v1::PayloadFormat format, Bytes bytes, size_t charged);

  WorkerPool& workers_;
  ByteBudget& budget_;
  std::map<Key, std::shared_ptr<Encoding>> encodings_;
};

// The error of a call whose messages do not fit in the budget.
absl::Status MessageMemoryExhausted(const ByteBudget& budget);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_PREDICTION_ENCODER_H_
