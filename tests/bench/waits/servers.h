#ifndef WRIFTAI_TESTS_BENCH_WAITS_SERVERS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SERVERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/bench/waits/etcd.h"
#include "tests/bench/waits/options.h"
#include "tests/bench/waits/server.h"
#include "tests/support/child.h"

namespace wriftai::bench {

// The strict upstream and a gateway in front of it, or several that act as one.
struct Servers {
  std::unique_ptr<Server> sandbox;
  std::unique_ptr<Etcd> etcd;                     // Null with one gateway.
  std::vector<std::unique_ptr<Server>> gateways;  // At least one.

  // The API's URL, such as http://127.0.0.1:1/v1.
  const std::string& api() const { return sandbox->address(); }

  // The gRPC address of each gateway.
  std::vector<std::string> Addresses() const;

  // The sum of MetricOf() over all replicas.
  absl::StatusOr<double> Metric(absl::string_view sample) const;

  // CPU time of all gateways; memory of the one that needs most.
  Usage Used() const;
};

// A sample of a replica's metrics, such as name{label="value"}.
absl::StatusOr<double> MetricOf(const Server& gateway,
                                absl::string_view sample);

struct Setting {
  int64_t create_rate = kCreatesUnlimited;

  // Additional flags of each gateway. Several gateways share an etcd.
  std::vector<Child::Strings> gateways = {{}};
};

// Returns when all gateways serve, as replicas of one cluster if there are
// several.
absl::StatusOr<Servers> StartServers(const Options& options,
                                     const Setting& setting = {});

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SERVERS_H_
