#include "service/telemetry/call_record.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/random_id.h"
#include "proto/predictions.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// The same limit as for the upstream's ids.
constexpr size_t kMaxRequestIdBytes = 128;

// How much earlier than the gateway's a caller's deadline may pass: gRPC
// libraries round the timeout up by at most 1%, and the network adds latency.
constexpr double kTimeoutRounding = 0.01;
constexpr absl::Duration kNetworkLatency = absl::Milliseconds(100);

std::vector<absl::string_view> ValuesOf(const char* key,
                                        const CallMetadata& metadata) {
  std::vector<absl::string_view> values;
  const auto [begin, end] = metadata.equal_range(key);
  for (auto entry = begin; entry != end; ++entry) {
    values.emplace_back(entry->second.data(), entry->second.size());
  }
  return values;
}

bool IsRequestId(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestIdBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) ||
                  absl::string_view("-._~:/+=@").find(c) !=
                      absl::string_view::npos;
         });
}

void ReadTrace(const CallMetadata& metadata, const Tracer* tracer,
               CallRecord& record) {
  const auto parents = ValuesOf("traceparent", metadata);
  // With several, the trace is ambiguous.
  if (parents.size() == 1) record.trace = TraceContext::Parse(parents.front());
  std::string tracestate;
  if (record.trace.has_value()) {
    tracestate = JoinTracestate(ValuesOf("tracestate", metadata));
  }
  if (tracer != nullptr) record.trace = tracer->TraceFor(record.trace);
  if (!record.trace.has_value()) return;
  record.span_id = RandomSpanId();
  if (tracer != nullptr && record.trace->sampled()) {
    record.span = tracer->BeginCall(*record.trace, tracestate,
                                    FullName(record.method), record.span_id);
  }
  if (record.upstream == nullptr) return;
  record.upstream->traceparent = record.trace->WithParent(record.span_id);
  record.upstream->tracestate = std::move(tracestate);
  record.upstream->spans = record.span;
}

}  // namespace

CallRecord MakeCallRecord(CallMethod method, absl::string_view peer,
                          const CallMetadata& metadata,
                          const grpc::ByteBuffer& request, absl::Time deadline,
                          const EventLoop& event_loop, const Tracer* tracer) {
  CallRecord record;
  record.method = method;
  record.started_at = event_loop.Now();
  record.deadline = deadline;
  record.request_id = RequestIdFrom(metadata);
  record.peer = AddressOf(peer);
  record.received_bytes = static_cast<int64_t>(request.Length());
  if (method != MethodOf<v1::WaitRequest>()) {
    record.upstream = std::make_shared<CallTrace>();
    record.upstream->request_id = record.request_id;
  }
  ReadTrace(metadata, tracer, record);
  return record;
}

absl::Status CancellationStatus(const CallRecord& record, absl::Time now) {
  const absl::Duration slack =
      kNetworkLatency +
      kTimeoutRounding * (record.deadline - record.started_at);
  if (record.deadline == absl::InfiniteFuture() ||
      record.deadline - now > slack) {
    return absl::CancelledError("the caller cancelled");
  }
  return GatewayError(absl::StatusCode::kDeadlineExceeded,
                      v1::DEADLINE_EXCEEDED,
                      "the caller's deadline has passed");
}

std::string RequestIdFrom(const CallMetadata& metadata) {
  const auto ids = ValuesOf(kRequestIdKey, metadata);
  if (ids.size() == 1 && IsRequestId(ids.front())) {
    return std::string(ids.front());
  }
  return RandomUuid();
}

std::string AddressOf(absl::string_view peer) {
  if (absl::ConsumePrefix(&peer, "ipv4:")) {
    return std::string(peer.substr(0, peer.rfind(':')));
  }
  if (absl::ConsumePrefix(&peer, "ipv6:")) {
    // [2001:db8::1]:4711, with percent-encoded brackets and zone separator.
    return absl::StrReplaceAll(
        peer.substr(0, peer.rfind(':')),
        {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}, {"%25", "%"}});
  }
  return std::string(peer.substr(0, peer.find(':')));
}

}  // namespace wriftai
