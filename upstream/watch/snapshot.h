#ifndef WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
#define WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_

#include <memory>

#include "absl/time/time.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// One observation of a prediction. Immutable once shared, so that one serves
// all waiters on any thread.
struct Snapshot {
  v1::Prediction prediction;  // Payloads as JSON text.
  v1::Source source = v1::SOURCE_UNSPECIFIED;
  absl::Time observed_at;  // Wall clock.
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// Whether the prediction has ended. An unknown status is not an end: a word
// that the upstream adds must not cut a wait short.
bool IsTerminal(const v1::Prediction& prediction);

// Whether `next` may follow `previous` in a stream, which never goes backwards:
// by the rank of the status (pending, then started and unknown ones, then the
// ends), then by updated_at. The same state again may follow; out of one end
// nothing leads to another.
bool MayFollow(const v1::Prediction& previous, const v1::Prediction& next);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
