#include "sandbox/check_health.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/host_port.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::sandbox {
namespace {

// Less than the default health check timeout of container engines.
constexpr absl::Duration kTimeout = absl::Seconds(2);

absl::Status StatusOf(const HttpResult& result, const std::string& address) {
  if (const auto* failure = std::get_if<TransportFailure>(&result)) {
    return absl::UnavailableError(
        absl::StrCat(address, ": ", failure->message));
  }
  const int status = std::get<HttpResponse>(result).status;
  if (status == 200) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(address, ": not a sandbox: got HTTP status ", status));
}

}  // namespace

absl::Status CheckHealth(const std::string& address) {
  const std::string host = HostOf(address);
  const bool is_wildcard = host == "0.0.0.0" || host == "::";
  HttpRequest request;
  request.url = absl::StrCat(
      "http://",
      is_wildcard ? absl::StrCat("127.0.0.1:", PortOf(address)) : address,
      "/sandbox/stats");
  request.timeout = kTimeout;
  absl::Status health;
  absl::Notification done;
  CallHandle call;
  HttpOptions options;
  options.use_proxy_from_environment = false;
  // Declared last, so that it and its call are destroyed first.
  CurlEventLoop loop(options);
  loop.Post([&] {
    call = loop.Send(std::move(request), [&](const HttpResult& result) {
      health = StatusOf(result, address);
      done.Notify();
    });
  });
  done.WaitForNotification();
  return health;
}

}  // namespace wriftai::sandbox
