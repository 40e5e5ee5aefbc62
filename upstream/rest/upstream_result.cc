#include "upstream/rest/upstream_result.h"

#include <variant>

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

// The statuses that kNames begins with.
constexpr std::array<int, 21> kStatuses = {200, 201, 202, 204, 400, 401, 402,
                                           403, 404, 408, 409, 410, 413, 422,
                                           429, 499, 500, 501, 502, 503, 504};
constexpr size_t kFirstServerError = 16;
constexpr size_t kClasses = kStatuses.size();
constexpr size_t kServerErrors = kClasses + 3;  // "5xx".
constexpr size_t kOther = kClasses + 4;
constexpr size_t kFailures = kOther + 1;
constexpr size_t kDeadline = UpstreamResult::kNames.size() - 2;
static_assert(kStatuses[kFirstServerError] == 500);
static_assert(kFailures + static_cast<size_t>(Kind::kProtocol) + 1 == kDeadline,
              "kNames has one name for each Kind");

constexpr size_t IndexOf(Kind kind) {
  return kFailures + static_cast<size_t>(kind);
}

size_t IndexOf(int status) {
  for (size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i] == status) return i;
  }
  if (status < 200 || status > 599) return kOther;
  return kClasses + static_cast<size_t>(status / 100 - 2);
}

}  // namespace

UpstreamResult UpstreamResult::Of(const HttpResult& result, bool by_deadline) {
  if (const auto* const response = std::get_if<HttpResponse>(&result)) {
    return UpstreamResult(IndexOf(response->status));
  }
  const Kind kind = std::get<TransportFailure>(result).kind;
  if (by_deadline && kind == Kind::kTimeout) return UpstreamResult(kDeadline);
  return UpstreamResult(IndexOf(kind));
}

bool UpstreamResult::is_response() const { return index_ < kFailures; }

UpstreamResult::Verdict UpstreamResult::verdict() const {
  if (index_ < kFirstServerError) return Verdict::kWorks;
  if (index_ < kClasses) return Verdict::kFails;
  if (index_ < kServerErrors) return Verdict::kWorks;
  if (index_ <= kOther) return Verdict::kFails;
  switch (static_cast<Kind>(index_ - kFailures)) {
    case Kind::kConnect:
    case Kind::kInterrupted:
    case Kind::kTimeout:
    case Kind::kProtocol:
      return Verdict::kFails;
    case Kind::kResponseTooLarge:
    case Kind::kMemoryExhausted:
      return Verdict::kWorks;
    case Kind::kInvalidRequest:
      return Verdict::kUnknown;
  }
  return Verdict::kUnknown;  // A deadline, or canceled.
}

const char* UpstreamResult::description() const {
  static constexpr std::array<const char*, 14> kFrom500 = {
      "HTTP 500",
      "HTTP 501",
      "HTTP 502",
      "HTTP 503",
      "HTTP 504",
      "HTTP 2xx",
      "HTTP 3xx",
      "HTTP 4xx",
      "HTTP 5xx",
      "an unknown HTTP status",
      "an invalid request",
      "cannot connect",
      "the connection was lost",
      "no response in time"};
  if (index_ >= kFirstServerError &&
      index_ < kFirstServerError + kFrom500.size()) {
    return kFrom500[index_ - kFirstServerError];
  }
  return index_ == IndexOf(Kind::kProtocol) ? "an invalid HTTP response"
                                            : name();
}

}  // namespace wriftai
