#ifndef WRIFTAI_SERVICE_ETCD_WATCH_DECODER_H_
#define WRIFTAI_SERVICE_ETCD_WATCH_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "etcd/rpc.pb.h"
#include "upstream/cluster/store.h"

namespace wriftai {

// Decodes the responses of one watch, and joins fragments: events of one
// revision come out together. It accepts only what etcd can send: events of the
// range, in the order of their revisions, each once.
//
// Threads: one. Owns: the events of an incomplete response. Fails: OUT_OF_RANGE
// if the history has been compacted, else UNAVAILABLE. No call may follow.
class WatchDecoder {
 public:
  // Twice the largest message: what a watch that is far behind reads at once,
  // 1,000 revisions, fits many times.
  static constexpr size_t kMaxFragmentBytes = size_t{128} << 20;

  // `revision`: the first of the watch.
  WatchDecoder(cluster::KeyRange range, int64_t revision)
      : range_(std::move(range)), next_revision_(revision) {}

  // The next events, often none. `response` loses its contents.
  absl::StatusOr<std::vector<cluster::Event>> Decode(
      etcdserverpb::WatchResponse& response);

  // Whether etcd has confirmed the watch.
  bool created() const { return watch_id_.has_value(); }

 private:
  absl::StatusOr<cluster::Event> DecodeEvent(int64_t revision,
                                             etcdserverpb::Event& event) const;

  const cluster::KeyRange range_;
  int64_t next_revision_;
  std::optional<int64_t> watch_id_;
  std::vector<cluster::Event> fragments_;
  size_t fragment_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_WATCH_DECODER_H_
