#include "tests/bench/waits/servers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/bench/waits/scene.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::bench {
namespace {

// A replica joins within seconds.
constexpr absl::Duration kJoinTimeout = absl::Seconds(30);
constexpr absl::Duration kJoinPollInterval = absl::Milliseconds(50);

constexpr char kOperators[] = "HTTP for operators listens on ";

// Keeps only the flags that `program` has.
Child::Strings KnownFlags(const std::string& program,
                          const Child::Strings& flags) {
  Child help = Child::WithOnePipe({program, "--help"}, {});
  help.Finish();
  Child::Strings known;
  for (const std::string& flag : flags) {
    const std::string name = flag.substr(0, flag.find('='));
    if (absl::StrContains(help.out(), absl::StrCat("\n  ", name, "  "))) {
      known.push_back(flag);
    }
  }
  return known;
}

absl::StatusOr<std::unique_ptr<Server>> StartGateway(
    const Options& options, const Setting& setting, const std::string& api,
    const Child::Strings& extra_flags) {
  Child::Strings arguments = {options.gateway, "--listen_address=127.0.0.1:0",
                              absl::StrCat("--api_base_url=", api)};
  for (const std::string& flag : KnownFlags(
           options.gateway,
           {"--http_address=", absl::StrCat("--read_rate=", options.read_rate),
            absl::StrCat("--create_rate=", setting.create_rate)})) {
    arguments.push_back(flag);
  }
  arguments.insert(arguments.end(), extra_flags.begin(), extra_flags.end());
  return Server::Start(arguments,
                       {absl::StrCat("WRIFTAI_ACCESS_TOKEN=", kToken)},
                       "gRPC listens on ");
}

// A page for operators of a replica.
absl::StatusOr<std::string> FetchPage(CurlEventLoop& loop,
                                      const Server& gateway,
                                      absl::string_view path) {
  HttpRequest request;
  request.url = absl::StrCat("http://", gateway.TextAfter(kOperators), path);
  return Fetch(loop, std::move(request));
}

// A replica serves gRPC before it has joined, and its calls then wait.
absl::Status AwaitJoined(const Server& gateway) {
  CurlEventLoop loop;
  const absl::Time deadline = absl::Now() + kJoinTimeout;
  while (true) {
    const auto body = FetchPage(loop, gateway, "/readyz");
    if (body.ok() || absl::Now() > deadline) return body.status();
    absl::SleepFor(kJoinPollInterval);
  }
}

}  // namespace

absl::StatusOr<double> MetricOf(const Server& gateway,
                                absl::string_view sample) {
  CurlEventLoop loop;
  const auto page = FetchPage(loop, gateway, "/metrics");
  if (!page.ok()) return page.status();
  const std::string before = absl::StrCat(sample, " ");
  for (const absl::string_view line : absl::StrSplit(*page, '\n')) {
    double value = 0;
    if (absl::StartsWith(line, before) &&
        absl::SimpleAtod(line.substr(before.size()), &value)) {
      return value;
    }
  }
  return absl::InternalError(absl::StrCat("/metrics lacks ", sample));
}

std::vector<std::string> Servers::Addresses() const {
  std::vector<std::string> addresses;
  for (const auto& gateway : gateways) addresses.push_back(gateway->address());
  return addresses;
}

absl::StatusOr<double> Servers::Metric(absl::string_view sample) const {
  double sum = 0;
  for (const auto& gateway : gateways) {
    const auto value = MetricOf(*gateway, sample);
    if (!value.ok()) return value.status();
    sum += *value;
  }
  return sum;
}

Usage Servers::Used() const {
  Usage sum;
  for (const auto& gateway : gateways) {
    const Usage used = gateway->Used();
    sum.cpu_seconds += used.cpu_seconds;
    sum.peak_mib = std::max(sum.peak_mib, used.peak_mib);
  }
  return sum;
}

absl::StatusOr<Servers> StartServers(const Options& options,
                                     const Setting& setting) {
  Servers servers;
  auto sandbox = StartSandbox(options, setting.create_rate);
  if (!sandbox.ok()) return sandbox.status();
  servers.sandbox = *std::move(sandbox);
  Child::Strings cluster_flags;
  if (setting.gateways.size() > 1) {
    auto etcd = Etcd::Start(options.etcd);
    if (!etcd.ok()) return etcd.status();
    servers.etcd = *std::move(etcd);
    cluster_flags = {
        absl::StrCat("--etcd_endpoints=", servers.etcd->endpoint()),
        "--peer_address=127.0.0.1:0", "--http_address=127.0.0.1:0"};
  }
  for (Child::Strings flags : setting.gateways) {
    flags.insert(flags.end(), cluster_flags.begin(), cluster_flags.end());
    auto gateway = StartGateway(options, setting, servers.api(), flags);
    if (!gateway.ok()) return gateway.status();
    servers.gateways.push_back(*std::move(gateway));
  }
  if (servers.etcd != nullptr) {
    for (const auto& gateway : servers.gateways) {
      const absl::Status joined = AwaitJoined(*gateway);
      if (!joined.ok()) return joined;
    }
  }
  return servers;
}

}  // namespace wriftai::bench
