#ifndef WRIFTAI_SERVICE_ETCD_ETCD_CODEC_H_
#define WRIFTAI_SERVICE_ETCD_ETCD_CODEC_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "etcd/rpc.pb.h"
#include "upstream/cluster/store.h"

// Requests and results of cluster::Store as messages of etcd. Responses are not
// trusted: those that etcd cannot have sent are UNAVAILABLE (see
// MalformedResponse). Responses lose their contents, which go to the result.
// All functions: pure, any thread.

namespace wriftai {

etcdserverpb::RangeRequest EncodeRange(const cluster::KeyRange& range);
absl::StatusOr<cluster::RangeResult> DecodeRange(
    const cluster::KeyRange& range, etcdserverpb::RangeResponse& response);

etcdserverpb::TxnRequest EncodeTxn(cluster::Txn txn);
// `request`: what EncodeTxn() returned.
absl::StatusOr<cluster::TxnResult> DecodeTxn(
    const etcdserverpb::TxnRequest& request,
    etcdserverpb::TxnResponse& response);

// Rounds up: etcd counts seconds, and a lease must not end early.
etcdserverpb::LeaseGrantRequest EncodeGrant(absl::Duration ttl);
absl::StatusOr<int64_t> DecodeGrant(
    const etcdserverpb::LeaseGrantRequest& request,
    const etcdserverpb::LeaseGrantResponse& response);

// NOT_FOUND: etcd answers that the lease does not exist.
absl::StatusOr<absl::Duration> DecodeKeepAlive(
    const etcdserverpb::LeaseKeepAliveRequest& request,
    const etcdserverpb::LeaseKeepAliveResponse& response);

etcdserverpb::WatchRequest EncodeWatch(const cluster::KeyRange& range,
                                       int64_t revision);

// `entry` as of a store at `revision`; nullopt if that is impossible.
std::optional<cluster::KeyValue> DecodeEntry(int64_t revision,
                                             etcdserverpb::KeyValue& entry);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_ETCD_CODEC_H_
