#include "service/telemetry/open_streams.h"

#include <algorithm>
#include <utility>

namespace wriftai {

OpenStreams::Entry OpenStreams::Open(const CallRecord& record) {
  ++stats_.open;
  return streams_.insert(streams_.end(), OpenStream{&record});
}

void OpenStreams::Close(Entry stream) {
  --stats_.open;
  streams_.erase(stream);
}

void OpenStreams::OnWrite(Entry stream, absl::Time now) {
  ++stats_.updates;
  stream->write_started_at = now;
}

void OpenStreams::OnWritten(Entry stream) {
  stream->write_started_at = absl::InfiniteFuture();
}

void OpenStreams::OnConflated(Entry stream) {
  ++stats_.conflated;
  ++stream->conflated;
}

std::vector<OpenStream> OpenStreams::Slowest(absl::Time now) const {
  std::vector<const OpenStream*> slow;
  for (const OpenStream& stream : streams_) {
    if (stream.conflated > 0 || now - stream.write_started_at >= kSlowWrite) {
      slow.push_back(&stream);
    }
  }
  const size_t count = std::min(kMaxSlowest, slow.size());
  std::partial_sort(
      slow.begin(), slow.begin() + static_cast<std::ptrdiff_t>(count),
      slow.end(), [](const OpenStream* a, const OpenStream* b) {
        return std::make_pair(a->write_started_at, -a->conflated) <
               std::make_pair(b->write_started_at, -b->conflated);
      });
  std::vector<OpenStream> slowest;
  slowest.reserve(count);
  for (size_t i = 0; i < count; ++i) slowest.push_back(*slow[i]);
  return slowest;
}

}  // namespace wriftai
