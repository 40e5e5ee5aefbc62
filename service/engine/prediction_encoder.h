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
#include "upstream/watch/snapshot.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// The wire format of `prediction`, whose payloads are JSON text, with those in
// the form that was asked for: under VALUE, each that a Value holds without
// loss becomes one (ValueWireFromJson()). `format` is VALUE or JSON. Any
// thread. Takes up to 300 ms for an array of 4 MB, and 1 s for 64 MiB.
std::string EncodePrediction(v1::PayloadFormat format,
                             const v1::Prediction& prediction);

// Encodes snapshots for those who are sent them: small ones at once, large ones
// on a thread of the pool, once for all who want the same at the same time.
// What is large lasts as long as somebody holds it.
//
// Threads: loop; the bytes any. Owns: the jobs. Pool and budget must outlive
// it, and it must outlive its handles.
class PredictionEncoder {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Bytes>)>;

  PredictionEncoder(WorkerPool& workers, ByteBudget& budget)
      : workers_(workers), budget_(budget) {}

  // Null where it has to be encoded first, and that takes long.
  Bytes Find(const Snapshot& snapshot, v1::PayloadFormat format);

  // Encodes `snapshot`, which Find() has not found, for `owner`. `done` is
  // called later, unless the handle is destroyed before: with
  // RESOURCE_EXHAUSTED (MESSAGE_MEMORY_EXHAUSTED) where the owner has no room
  // left in the budget, and this is not the answer to a create.
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

// The error of a call for whose messages there is no room.
absl::Status NoRoomForMessage(const ByteBudget& budget);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_PREDICTION_ENCODER_H_
