#ifndef WRIFTAI_TESTS_BENCH_WAITS_RANDOM_PROXY_H_
#define WRIFTAI_TESTS_BENCH_WAITS_RANDOM_PROXY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"

namespace wriftai::bench {

// Passes each TCP connection to one of several ports of 127.0.0.1 that it
// chooses at random, as a load balancer in front of replicas does. For small
// messages: a receiver that does not read stops all connections.
//
// Threads: one, besides its own. Owns: the connections; the destructor closes
// them. Fails: Listen(). A connection that it cannot pass on is closed.
class RandomProxy {
 public:
  static absl::StatusOr<std::unique_ptr<RandomProxy>> Listen(
      std::vector<int> ports, int64_t seed);
  ~RandomProxy();
  RandomProxy(const RandomProxy&) = delete;
  RandomProxy& operator=(const RandomProxy&) = delete;

  int port() const { return port_; }

  // Connections so far.
  size_t accepted() const { return accepted_; }

 private:
  struct Connection;

  RandomProxy(int listener, int port, std::vector<int> ports, int64_t seed);

  void Run();
  void Accept(int client);

  const int listener_;
  const int port_;
  const std::vector<int> ports_;
  std::mt19937_64 random_;
  std::list<Connection> connections_;
  std::atomic<size_t> accepted_{0};
  std::thread thread_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_RANDOM_PROXY_H_
