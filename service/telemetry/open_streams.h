#ifndef WRIFTAI_SERVICE_TELEMETRY_OPEN_STREAMS_H_
#define WRIFTAI_SERVICE_TELEMETRY_OPEN_STREAMS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <vector>

#include "absl/time/time.h"
#include "service/telemetry/call_record.h"

namespace wriftai {

// What all waiting streams have done. A value.
struct StreamStats {
  int64_t open = 0;
  int64_t updates = 0;    // Written.
  int64_t conflated = 0;  // Replaced by a newer one before they were written.
};

// One waiting stream.
struct OpenStream {
  const CallRecord* record;  // The call's, which the stream keeps.
  absl::Time write_began = absl::InfiniteFuture();  // Of the one in flight.
  int64_t conflated = 0;
};

// All waiting streams, and which of them lag.
//
// Threads: loop. Owns: the entries, each until its Close(), which the stream's
// record must outlive. Fails: never.
class OpenStreams {
 public:
  using Entry = std::list<OpenStream>::iterator;

  // Streams that are named, as many as one looks at.
  static constexpr size_t kMaxSlowest = 10;

  // A write takes microseconds where somebody reads: gRPC takes it as soon as
  // the connection's window has room.
  static constexpr absl::Duration kSlowWrite = absl::Seconds(1);

  Entry Open(const CallRecord& record);
  void Close(Entry stream);

  void OnWrite(Entry stream, absl::Time now);
  void OnWritten(Entry stream);
  void OnConflated(Entry stream);

  const StreamStats& stats() const { return stats_; }

  // Those that lag, at most kMaxSlowest: the writes that have waited longest
  // for their readers, then those of which most updates were replaced. Looks at
  // all. `now`: EventLoop::Now().
  std::vector<OpenStream> Slowest(absl::Time now) const;

 private:
  StreamStats stats_;
  std::list<OpenStream> streams_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_OPEN_STREAMS_H_
