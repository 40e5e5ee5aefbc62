// Decodes any bytes as responses of etcd. Either the response is malformed, or
// the result is one that the store's contract allows. The first byte chooses
// the call. For a watch, each response follows a byte with its size.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/utf8.h"
#include "service/etcd/etcd_codec.h"
#include "service/etcd/watch_decoder.h"
#include "tests/fuzz/check.h"

namespace wriftai {
namespace {

using cluster::KeyRange;

const KeyRange kRange = {"b", "d"};

void CheckError(const absl::Status& status) {
  FUZZ_CHECK(absl::IsUnavailable(status) || absl::IsOutOfRange(status) ||
             absl::IsNotFound(status));
  FUZZ_CHECK(IsUtf8(status.message()) && status.message().size() <= 1024);
}

template <typename Message>
Message Parse(absl::string_view bytes) {
  Message message;
  // What was read of a malformed message is checked, too.
  message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return message;
}

void CheckEntry(const cluster::KeyValue& entry, int64_t revision) {
  FUZZ_CHECK(entry.create_revision >= 1 &&
             entry.mod_revision >= entry.create_revision &&
             entry.mod_revision <= revision && entry.lease >= 0);
}

void CheckRange(absl::string_view bytes) {
  auto response = Parse<etcdserverpb::RangeResponse>(bytes);
  const auto result = DecodeRange(kRange, response);
  if (!result.ok()) return CheckError(result.status());
  absl::string_view last;
  for (const cluster::KeyValue& entry : result->entries) {
    CheckEntry(entry, result->revision);
    FUZZ_CHECK(kRange.Contains(entry.key) && last < entry.key);
    last = entry.key;
  }
}

void CheckTxn(absl::string_view bytes) {
  cluster::Txn txn;
  txn.conditions = {cluster::KeyIsAbsent("b")};
  txn.writes = {cluster::Put{"b", "x"}, cluster::Delete{"c"}};
  txn.else_keys = {"b", "c"};
  const std::vector<std::string> else_keys = txn.else_keys;
  const auto request = EncodeTxn(std::move(txn));
  auto response = Parse<etcdserverpb::TxnResponse>(bytes);
  const auto result = DecodeTxn(request, response);
  if (!result.ok()) return CheckError(result.status());
  FUZZ_CHECK(result->revision >= 1);
  FUZZ_CHECK(result->read.size() == (result->applied ? 0 : else_keys.size()));
  for (size_t i = 0; i < result->read.size(); ++i) {
    if (!result->read[i].has_value()) continue;
    CheckEntry(*result->read[i], result->revision);
    FUZZ_CHECK(result->read[i]->key == else_keys[i]);
  }
}

void CheckGrant(absl::string_view bytes) {
  const auto result =
      DecodeGrant(EncodeGrant(absl::Seconds(2)),
                  Parse<etcdserverpb::LeaseGrantResponse>(bytes));
  if (!result.ok()) return CheckError(result.status());
  FUZZ_CHECK(*result >= 1);
}

void CheckKeepAlive(absl::string_view bytes) {
  etcdserverpb::LeaseKeepAliveRequest request;
  request.set_id(7);
  const auto result = DecodeKeepAlive(
      request, Parse<etcdserverpb::LeaseKeepAliveResponse>(bytes));
  if (!result.ok()) return CheckError(result.status());
  FUZZ_CHECK(*result > absl::ZeroDuration());
}

void CheckWatch(absl::string_view bytes) {
  WatchDecoder decoder(kRange, 4);
  int64_t last = 3;  // The revision of the last call's events.
  while (!bytes.empty()) {
    const auto size = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    auto response = Parse<etcdserverpb::WatchResponse>(bytes.substr(0, size));
    bytes.remove_prefix(std::min<size_t>(size, bytes.size()));
    const auto events = decoder.Decode(response);
    if (!events.ok()) return CheckError(events.status());
    FUZZ_CHECK(decoder.created());
    int64_t revision = last + 1;
    for (const cluster::Event& event : *events) {
      FUZZ_CHECK(kRange.Contains(event.entry.key));
      FUZZ_CHECK(event.entry.mod_revision >= revision);
      revision = last = event.entry.mod_revision;
    }
  }
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                                size - 1);
  switch (data[0]) {
    case 'r':
      wriftai::CheckRange(bytes);
      break;
    case 't':
      wriftai::CheckTxn(bytes);
      break;
    case 'g':
      wriftai::CheckGrant(bytes);
      break;
    case 'k':
      wriftai::CheckKeepAlive(bytes);
      break;
    case 'w':
      wriftai::CheckWatch(bytes);
      break;
    default:
      break;
  }
  return 0;
}
