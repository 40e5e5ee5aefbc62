#ifndef WRIFTAI_TESTS_BENCH_WAITS_ETCD_H_
#define WRIFTAI_TESTS_BENCH_WAITS_ETCD_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/waits/server.h"

namespace wriftai::bench {

// An etcd with one member, as a process on 127.0.0.1 with its data in a
// temporary folder, for gateways that act as one.
//
// Threads: as Server. Owns: the process and the folder. Fails: Start().
class Etcd {
 public:
  // `program`: etcd's path.
  static absl::StatusOr<std::unique_ptr<Etcd>> Start(
      const std::string& program);
  ~Etcd();
  Etcd(const Etcd&) = delete;
  Etcd& operator=(const Etcd&) = delete;

  // The URL for clients.
  const std::string& endpoint() const { return endpoint_; }

 private:
  Etcd(std::string folder, std::string endpoint);

  const std::string folder_;
  const std::string endpoint_;
  std::unique_ptr<Server> server_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_ETCD_H_
