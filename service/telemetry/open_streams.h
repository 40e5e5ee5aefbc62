#ifndef WRIFTAI_SERVICE_TELEMETRY_OPEN_STREAMS_H_
#define WRIFTAI_SERVICE_TELEMETRY_OPEN_STREAMS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <vector>

#include "absl/time/time.h"
#include "service/telemetry/call_record.h"

namespace wriftai {

// Totals of all waiting streams. A value.
struct StreamStats {
  int64_t open = 0;
  int64_t updates = 0;    // Written.
  int64_t conflated = 0;  // Replaced by a newer update before being written.
};

// One waiting stream.
struct OpenStream {
  const CallRecord* record;  // Owned by the stream.
  absl::Time write_started_at =
      absl::InfiniteFuture();  // Of the write in flight.
  int64_t conflated = 0;
};

// All waiting streams, and which of them lag.
//
// Threads: loop. Owns: the entries, each until its Close(); the stream's record
// must outlive that. Fails: never.
class OpenStreams {
 public:
  using Entry = std::list<OpenStream>::iterator;

  // The number of streams to list: as many as a person reads.
  static constexpr size_t kMaxSlowest = 10;

  // With a reading client, a write takes microseconds: gRPC accepts it as soon
  // as the connection's flow-control window has space.
  static constexpr absl::Duration kSlowWrite = absl::Seconds(1);

  Entry Open(const CallRecord& record);
  void Close(Entry stream);

  void OnWrite(Entry stream, absl::Time now);
  void OnWritten(Entry stream);
  void OnConflated(Entry stream);

  const StreamStats& stats() const { return stats_; }

  // The lagging streams, at most kMaxSlowest: first those whose write has been
  // blocked the longest, then those with the most replaced updates. Scans all
  // streams. `now`: EventLoop::Now().
  std::vector<OpenStream> Slowest(absl::Time now) const;

 private:
  StreamStats stats_;
  std::list<OpenStream> streams_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_OPEN_STREAMS_H_
