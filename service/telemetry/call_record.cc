#include "service/telemetry/call_record.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/random_id.h"
#include "upstream/error_details.h"
#include "wriftai/v1/predictions.grpc.pb.h"

namespace wriftai {
namespace {

// As many as of the upstream's.
constexpr size_t kMaxRequestIdBytes = 128;

// How much earlier than the gateway's a caller's deadline may pass: gRPC's
// libraries round what is left up to 1 % of it, and the request has travelled.
constexpr double kRoundedUp = 0.01;
constexpr absl::Duration kTravel = absl::Milliseconds(100);

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

void ReadTrace(const CallMetadata& metadata, CallRecord& record) {
  const auto parents = ValuesOf("traceparent", metadata);
  // Several belong to no single trace.
  if (parents.size() != 1) return;
  record.trace = TraceContext::Parse(parents.front());
  if (!record.trace.has_value()) return;
  record.span_id = RandomSpanId();
  if (record.upstream == nullptr) return;
  record.upstream->traceparent = record.trace->WithParent(record.span_id);
  record.upstream->tracestate =
      JoinTracestate(ValuesOf("tracestate", metadata));
}

}  // namespace

absl::string_view ShortName(CallMethod method) {
  switch (method) {
    case CallMethod::kGet:
      return "Get";
    case CallMethod::kCreate:
      return "Create";
    case CallMethod::kList:
      return "List";
    case CallMethod::kCancel:
      return "Cancel";
    case CallMethod::kWait:
      return "Wait";
    case CallMethod::kCreateAndWait:
      return "CreateAndWait";
  }
  return "";
}

std::string FullName(CallMethod method) {
  return absl::StrCat(v1::Predictions::service_full_name(), "/",
                      ShortName(method));
}

CallRecord BeginCall(CallMethod method, const grpc::ByteBuffer& request,
                     absl::Time deadline, const EventLoop& event_loop,
                     grpc::CallbackServerContext& context) {
  CallRecord record;
  record.method = method;
  record.began_at = event_loop.Now();
  record.deadline = deadline;
  record.request_id = RequestIdFrom(context.client_metadata());
  record.peer = AddressOf(context.peer());
  record.received_bytes = static_cast<int64_t>(request.Length());
  if (method != CallMethod::kWait) {
    record.upstream = std::make_shared<CallTrace>();
  }
  ReadTrace(context.client_metadata(), record);
  context.AddInitialMetadata(kRequestIdKey, record.request_id);
  return record;
}

absl::Status CallerLeft(const CallRecord& record, absl::Time now) {
  const absl::Duration slack =
      kTravel + kRoundedUp * (record.deadline - record.began_at);
  if (record.deadline == absl::InfiniteFuture() ||
      record.deadline - now > slack) {
    return absl::CancelledError("the caller has left");
  }
  return GatewayError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
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
    // [2001:db8::1]:4711, the brackets and a zone's mark percent-encoded.
    return absl::StrReplaceAll(
        peer.substr(0, peer.rfind(':')),
        {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}, {"%25", "%"}});
  }
  return std::string(peer.substr(0, peer.find(':')));
}

}  // namespace wriftai
