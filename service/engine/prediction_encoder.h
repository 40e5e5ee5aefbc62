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

// The wire format of `prediction`, whose payloads are JSON text. `format` is
// VALUE or JSON. With VALUE, each payload that a Value can hold without loss
// becomes a Value (ValueWireFromJson()). Any thread. Takes up to 300 ms for an
// array of 4 MB, and 1 s for 64 MiB.
std::string EncodePrediction(v1::PayloadFormat format,
                             const v1::Prediction& prediction);

// Encodes snapshots for their receivers: small ones inline, large ones in the
// worker pool. Concurrent requests for the same encoding share one job. Large
// encodings live as long as a receiver holds them.
//
// Threads: loop; the bytes: any. Owns: the jobs. Pool and budget must outlive
// it, and it must outlive its handles.
class PredictionEncoder {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Bytes>)>;

  PredictionEncoder(WorkerPool& workers, ByteBudget& budget)
      : workers_(workers), budget_(budget) {}

  // Null if the snapshot is not encoded yet and is too large to encode inline.
  Bytes Find(const Snapshot& snapshot, v1::PayloadFormat format);

  // Encodes `snapshot` for `owner` after Find() has returned null. `done` is
  // called later, unless the handle is destroyed first. RESOURCE_EXHAUSTED
  // (MESSAGE_MEMORY_EXHAUSTED) if the owner's budget is exhausted and this is
  // not the response to a create.
  [[nodiscard]] CallHandle Encode(const std::string& owner,
                                  const SnapshotPtr& snapshot,
                                  v1::PayloadFormat format, Done done);

 private:
  using Key = std::pair<const Snapshot*, int>;
  struct Encoding;
  class Joiner;

  void Complete(const Key& key, std::string encoded);

  WorkerPool& workers_;
  ByteBudget& budget_;
  std::map<Key, std::shared_ptr<Encoding>> encodings_;
};

// The error of a call whose messages do not fit in the budget.
absl::Status MessageMemoryExhausted(const ByteBudget& budget);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_PREDICTION_ENCODER_H_
