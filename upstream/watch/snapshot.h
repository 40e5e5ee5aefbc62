#ifndef WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
#define WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// One observation of a prediction. Immutable once shared, so that one serves
// all waiters on any thread.
struct Snapshot {
  v1::Prediction prediction;  // Payloads as JSON text.
  v1::Source source = v1::SOURCE_UNSPECIFIED;
  absl::Time observed_at;  // Wall clock.
  absl::Time learnt_at;    // EventLoop::Now()'s clock.

  // Grows with every change of the prediction; the same state that was only
  // seen again has the same.
  int64_t revision = 0;

  // The prediction's wire format, made by the service when it is first
  // written, so that 10,000 waiters share one encoding.
  struct Encoded {
    std::shared_ptr<const std::string> kept;  // Where it is small.
    std::weak_ptr<const std::string> shared;
  };
  // By payload format. Loop only.
  mutable std::array<Encoded, v1::PayloadFormat_ARRAYSIZE> encoded;
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

// Whether `next`, which may follow, says more than `previous` does: another
// status or a later change. Without times anything that differs.
bool IsNews(const v1::Prediction& previous, const v1::Prediction& next);

// `item`, which a list page showed, with the payloads that `known` has and
// pages leave out.
v1::Prediction WithPayloadsOf(const v1::Prediction& known,
                              const v1::Prediction& item);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SNAPSHOT_H_
