#ifndef WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
#define WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// One observed state of a prediction. Immutable once shared, so all waiters on
// any thread can use the same one.
struct Snapshot {
  v1::Prediction prediction;  // Payloads as JSON text.
  v1::Source source = v1::SOURCE_UNSPECIFIED;
  absl::Time observed_at;  // Wall clock.
  absl::Time applied_at;   // The same, on EventLoop::Now()'s clock.

  // Incremented with every change of the prediction. Observing the same state
  // again does not change it.
  int64_t revision = 0;

  // The serialized prediction. The service encodes it on first use, and all
  // waiters share the result.
  struct Encoded {
    std::shared_ptr<const std::string> kept;  // Only if it is small.
    std::weak_ptr<const std::string> shared;
  };
  // By payload format. Loop only.
  mutable std::array<Encoded, v1::PayloadFormat_ARRAYSIZE> encoded;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// Whether the prediction has ended. An unknown status is not terminal: a status
// that the upstream adds later must not end a wait early.
bool IsTerminal(const v1::Prediction& prediction);

// Whether `next` may follow `previous` in a stream, which never goes backwards.
// States are ordered by the rank of the status (pending, then started and
// unknown ones, then terminal ones), then by updated_at. The same state may
// follow itself; one terminal status never follows another.
bool MayFollow(const v1::Prediction& previous, const v1::Prediction& next);

// Whether `next` may follow `previous` and is newer: it has another status or a
// later updated_at. If a time is missing, any difference counts.
bool IsUpdate(const v1::Prediction& previous, const v1::Prediction& next);

// `item` from a list page, merged with the payloads of `known`, which pages
// omit.
v1::Prediction WithPayloadsOf(const v1::Prediction& known,
                              const v1::Prediction& item);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
