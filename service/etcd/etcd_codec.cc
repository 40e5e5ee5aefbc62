#include "service/etcd/etcd_codec.h"

#include <cassert>
#include <string>
#include <utility>
#include <variant>

#include "service/etcd/etcd_status.h"

namespace wriftai {
namespace {

using cluster::Condition;
using cluster::KeyRange;
using cluster::KeyValue;

// etcd takes no empty key. No other key is smaller than this one.
std::string FirstKey(const KeyRange& range) {
  return range.begin.empty() ? std::string(1, '\0') : range.begin;
}

template <typename Message>
void EncodeKeys(const KeyRange& range, Message& message) {
  // To etcd, an empty end is a single key, and a zero byte stands for no end.
  assert(range.end > FirstKey(range));
  message.set_key(FirstKey(range));
  message.set_range_end(range.end);
}

void EncodeCondition(Condition condition, etcdserverpb::Compare& compare) {
  compare.set_key(std::move(condition.key));
  if (condition.field == Condition::Field::kCreateRevision) {
    compare.set_target(etcdserverpb::Compare::CREATE);
    compare.set_create_revision(condition.revision);
  } else {
    compare.set_target(etcdserverpb::Compare::MOD);
    compare.set_mod_revision(condition.revision);
  }
}

void EncodeWrite(cluster::Put put, etcdserverpb::RequestOp& operation) {
  auto& request = *operation.mutable_request_put();
  request.set_key(std::move(put.key));
  request.set_value(std::move(put.value));
  request.set_lease(put.lease);
}

void EncodeWrite(cluster::Delete deletion, etcdserverpb::RequestOp& operation) {
  operation.mutable_request_delete_range()->set_key(std::move(deletion.key));
}

// Whether the response belongs to the operation.
bool Matches(const etcdserverpb::RequestOp& operation,
             const etcdserverpb::ResponseOp& response) {
  return static_cast<int>(operation.request_case()) ==
         static_cast<int>(response.response_case());
}

// The entry of one key, nullopt if it does not exist.
absl::StatusOr<std::optional<KeyValue>> DecodeRead(
    const std::string& key, int64_t revision,
    etcdserverpb::RangeResponse& response) {
  if (response.kvs().empty()) return std::nullopt;
  std::optional<KeyValue> entry =
      DecodeEntry(revision, *response.mutable_kvs(0));
  if (response.kvs_size() > 1 || !entry.has_value() || entry->key != key) {
    return MalformedResponse("a read of one key has another entry");
  }
  return entry;
}

}  // namespace

std::optional<KeyValue> DecodeEntry(int64_t revision,
                                    etcdserverpb::KeyValue& entry) {
  if (entry.create_revision() < 1 ||
      entry.mod_revision() < entry.create_revision() ||
      entry.mod_revision() > revision || entry.lease() < 0) {
    return std::nullopt;
  }
  KeyValue result;
  result.key = std::move(*entry.mutable_key());
  result.value = std::move(*entry.mutable_value());
  result.create_revision = entry.create_revision();
  result.mod_revision = entry.mod_revision();
  result.lease = entry.lease();
  return result;
}

etcdserverpb::RangeRequest EncodeRange(const KeyRange& range) {
  etcdserverpb::RangeRequest request;
  EncodeKeys(range, request);
  return request;
}

absl::StatusOr<cluster::RangeResult> DecodeRange(
    const KeyRange& range, etcdserverpb::RangeResponse& response) {
  cluster::RangeResult result;
  result.store_id = response.header().cluster_id();
  result.revision = response.header().revision();
  if (result.revision < 1) return MalformedResponse("no revision");
  if (response.more()) return MalformedResponse("the range is incomplete");
  for (etcdserverpb::KeyValue& each : *response.mutable_kvs()) {
    std::optional<KeyValue> entry = DecodeEntry(result.revision, each);
    if (!entry.has_value() || !range.Contains(entry->key)) {
      return MalformedResponse("the range has an entry that cannot be in it");
    }
    if (!result.entries.empty() && result.entries.back().key >= entry->key) {
      return MalformedResponse("the keys of the range are out of order");
    }
    result.entries.push_back(*std::move(entry));
  }
  return result;
}

etcdserverpb::TxnRequest EncodeTxn(cluster::Txn txn) {
  etcdserverpb::TxnRequest request;
  for (Condition& condition : txn.conditions) {
    EncodeCondition(std::move(condition), *request.add_compare());
  }
  for (cluster::Write& write : txn.writes) {
    std::visit(
        [&](auto& each) {
          EncodeWrite(std::move(each), *request.add_success());
        },
        write);
  }
  for (std::string& key : txn.else_keys) {
    request.add_failure()->mutable_request_range()->set_key(std::move(key));
  }
  return request;
}

absl::StatusOr<cluster::TxnResult> DecodeTxn(
    const etcdserverpb::TxnRequest& request,
    etcdserverpb::TxnResponse& response) {
  cluster::TxnResult result;
  result.applied = response.succeeded();
  result.revision = response.header().revision();
  if (result.revision < 1) return MalformedResponse("no revision");
  if (!result.applied && request.compare().empty()) {
    return MalformedResponse("no condition, but not applied");
  }
  const auto& operations =
      result.applied ? request.success() : request.failure();
  if (response.responses_size() != operations.size()) {
    return MalformedResponse("not one response for each operation");
  }
  for (int i = 0; i < operations.size(); ++i) {
    etcdserverpb::ResponseOp& each = *response.mutable_responses(i);
    if (!Matches(operations[i], each)) {
      return MalformedResponse("the response of another operation");
    }
    if (result.applied) continue;
    auto read = DecodeRead(operations[i].request_range().key(), result.revision,
                           *each.mutable_response_range());
    if (!read.ok()) return read.status();
    result.read.push_back(*std::move(read));
  }
  return result;
}

etcdserverpb::LeaseGrantRequest EncodeGrant(absl::Duration ttl) {
  etcdserverpb::LeaseGrantRequest request;
  request.set_ttl(absl::ToInt64Seconds(absl::Ceil(ttl, absl::Seconds(1))));
  return request;
}

absl::StatusOr<int64_t> DecodeGrant(
    const etcdserverpb::LeaseGrantRequest& request,
    const etcdserverpb::LeaseGrantResponse& response) {
  if (response.id() < 1 || response.ttl() < request.ttl() ||
      !response.error().empty()) {
    return MalformedResponse("expected a lease of at least the requested time");
  }
  return response.id();
}

absl::StatusOr<absl::Duration> DecodeKeepAlive(
    const etcdserverpb::LeaseKeepAliveRequest& request,
    const etcdserverpb::LeaseKeepAliveResponse& response) {
  if (response.id() != request.id() || response.ttl() < 0) {
    return MalformedResponse("expected the remaining time of the lease");
  }
  if (response.ttl() == 0) {
    return absl::NotFoundError("the lease does not exist");
  }
  return absl::Seconds(response.ttl());
}

etcdserverpb::WatchRequest EncodeWatch(const KeyRange& range,
                                       int64_t revision) {
  // To etcd, 0 is the current revision.
  assert(revision >= 1);
  etcdserverpb::WatchRequest request;
  auto& create = *request.mutable_create_request();
  EncodeKeys(range, create);
  create.set_start_revision(revision);
  create.set_fragment(true);
  return request;
}

}  // namespace wriftai
