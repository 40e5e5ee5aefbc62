#ifndef WRIFTAI_TESTS_SERVICE_ETCD_ETCD_SERVER_H_
#define WRIFTAI_TESTS_SERVICE_ETCD_ETCD_SERVER_H_

#include <signal.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/child.h"

namespace wriftai {

// Debian's etcd as a child process, with its data in a temporary folder. Its
// timeouts are a third of the defaults, so that elections take little time.
//
// Threads: one. Owns: the process and the folder. Fails: a test that cannot
// start etcd ends with an error that says how to install it.
class EtcdServer {
 public:
  struct Options {
    std::vector<std::string> flags;
    // https, with the flags of the certificates in `flags`.
    bool tls = false;
    // Ports for other members. All get the same list, and their own place in
    // it.
    std::vector<int> peer_ports;
    size_t index = 0;
  };

  // A single member that is ready.
  EtcdServer() : EtcdServer(Options()) { WaitUntilReady(); }
  // Started, but not ready yet: a member of several waits for the others.
  explicit EtcdServer(Options options);
  ~EtcdServer();
  EtcdServer(const EtcdServer&) = delete;
  EtcdServer& operator=(const EtcdServer&) = delete;

  // Blocks until it serves clients.
  void WaitUntilReady();

  // The URL for clients.
  std::string endpoint() const;

  // SIGKILL, and the end of the process.
  void Kill();
  // Starts it again after Kill(), with the same data and ports.
  void Restart();

  // SIGSTOP and SIGCONT. Stop() returns once all threads have stopped.
  void Stop();
  void Continue() { child_->Signal(SIGCONT); }

  // Runs etcdctl, and returns its exit status. Plaintext only.
  int Control(std::vector<std::string> arguments) const;

 private:
  void Start();

  const Options options_;
  const std::string folder_;
  const int port_;
  std::optional<Child> child_;
  std::thread drain_;  // Reads the rest of the output.
};

// Members of one cluster, all ready.
std::vector<std::unique_ptr<EtcdServer>> StartEtcdCluster(size_t size);

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ETCD_ETCD_SERVER_H_
