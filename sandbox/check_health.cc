#include "sandbox/check_health.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "upstream/http/curl_loop.h"

namespace wriftai::sandbox {
namespace {

// Less than container engines wait for a health check by themselves.
constexpr absl::Duration kPatience = absl::Seconds(2);

absl::Status StatusOf(const HttpResult& result, const std::string& address) {
  if (const auto* failure = std::get_if<TransportFailure>(&result)) {
    return absl::UnavailableError(
        absl::StrCat(address, ": ", failure->message));
  }
  const int status = std::get<HttpResponse>(result).status;
  if (status == 200) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(address, ": no sandbox, it answered ", status));
}

}  // namespace

absl::Status CheckHealth(const std::string& address) {
  HttpRequest request;
  request.url = absl::StrCat("http://", address, "/sandbox/stats");
  request.timeout = kPatience;
  absl::Status health;
  absl::Notification answered;
  CallHandle call;
  // Last, so that it ends first, and the call with it.
  CurlLoop loop;
  loop.Post([&] {
    call = loop.Send(std::move(request), [&](HttpResult result) {
      health = StatusOf(result, address);
      answered.Notify();
    });
  });
  answered.WaitForNotification();
  return health;
}

}  // namespace wriftai::sandbox
