#ifndef WRIFTAI_UPSTREAM_PREDICTION_STATE_H_
#define WRIFTAI_UPSTREAM_PREDICTION_STATE_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/predictions.h"

namespace wriftai {

// The order of the states of one prediction, and what its fields say about
// time. Any thread.

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

absl::Time TimeOf(const google::protobuf::Timestamp& time);

// created_at and updated_at; InfinitePast if unknown.
absl::Time CreatedAt(const v1::Prediction& prediction);
absl::Time UpdatedAt(const v1::Prediction& prediction);

// Time from creation to `now` (wall clock). Zero if created_at is unknown.
absl::Duration AgeOf(const v1::Prediction& prediction, absl::Time now);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_PREDICTION_STATE_H_
