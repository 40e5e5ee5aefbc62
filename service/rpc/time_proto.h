#ifndef WRIFTAI_SERVICE_RPC_TIME_PROTO_H_
#define WRIFTAI_SERVICE_RPC_TIME_PROTO_H_

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace wriftai {

// `time` must be finite. Any thread.
inline google::protobuf::Timestamp TimestampFrom(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

// `duration` must be finite. Any thread.
inline google::protobuf::Duration DurationFrom(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_TIME_PROTO_H_
