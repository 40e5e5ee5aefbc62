#ifndef WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
#define WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "proto/predictions.h"

namespace wriftai {

// The wire format of a snapshot's prediction: the bytes of `head`, then each of
// `payloads` as a field. Immutable once shared.
struct EncodedPrediction {
  // A field whose bytes are the snapshot's, not copied.
  struct Payload {
    uint32_t field;
    absl::string_view text;
  };
  using Payloads = absl::InlinedVector<Payload, 2>;

  std::string head;
  Payloads payloads;
};

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

  // The encoded prediction. The service encodes it on first use, and all
  // waiters share the result.
  struct Encoded {
    std::shared_ptr<const EncodedPrediction> kept;  // Only if it is small.
    std::weak_ptr<const EncodedPrediction> shared;
  };
  // By payload format. Loop only.
  mutable std::array<Encoded, v1::PayloadFormat_ARRAYSIZE> encoded;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

inline SnapshotPtr MakeSnapshot(v1::Prediction prediction, v1::Source source,
                                const Instant& observed, int64_t revision = 1) {
  return std::make_shared<const Snapshot>(Snapshot{std::move(prediction),
                                                   source,
                                                   observed.wall,
                                                   observed.now,
                                                   revision,
                                                   {}});
}

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
