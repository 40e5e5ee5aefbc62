#include "service/etcd/etcd_config.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/host_port.h"
#include "service/server/http_url.h"

namespace wriftai {
namespace {

// Clusters have three, five or seven members.
constexpr size_t kMaxEndpoints = 16;

absl::Status Invalid(absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("--etcd_", message));
}

// A slash at the end is part of many lists of endpoints, and has no meaning.
std::string HostPortOf(absl::string_view url) {
  url.remove_prefix(url.find("//") + 2);
  const std::string address(url.substr(0, url.find('/')));
  return IsHostPort(address) ? address : absl::StrCat(address, ":2379");
}

}  // namespace

absl::StatusOr<EtcdAddresses> ParseEtcdEndpoints(const EtcdConfig& config) {
  if (config.endpoints.empty() || config.endpoints.size() > kMaxEndpoints) {
    return Invalid(
        absl::StrCat("endpoints: expected 1 to ", kMaxEndpoints, " URLs"));
  }
  EtcdAddresses addresses;
  for (const std::string& endpoint : config.endpoints) {
    const std::optional<HttpUrl> url = ParseHttpUrl(endpoint);
    if (!url.has_value() || (!url->path.empty() && url->path != "/")) {
      return Invalid(
          absl::StrCat("endpoints: expected URLs such as "
                       "https://etcd-0.example.com:2379, not ",
                       endpoint));
    }
    if (!url->is_https && !IsLoopback(url->host)) {
      return Invalid(absl::StrCat("endpoints: ", endpoint,
                                  ": expected https:// for another machine"));
    }
    if (addresses.host_ports.empty()) addresses.tls = url->is_https;
    if (addresses.tls != url->is_https) {
      return Invalid("endpoints: expected either all https:// or all http://");
    }
    addresses.host_ports.push_back(HostPortOf(endpoint));
  }
  const bool has_files = !config.ca_file.empty() || !config.cert_file.empty() ||
                         !config.key_file.empty();
  if (has_files && !addresses.tls) {
    return Invalid("{ca,cert,key}_file require https:// in --etcd_endpoints");
  }
  if (config.cert_file.empty() != config.key_file.empty()) {
    return Invalid(config.cert_file.empty()
                       ? "key_file requires --etcd_cert_file"
                       : "cert_file requires --etcd_key_file");
  }
  return addresses;
}

}  // namespace wriftai
