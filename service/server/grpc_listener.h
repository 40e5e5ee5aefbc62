#ifndef WRIFTAI_SERVICE_SERVER_GRPC_LISTENER_H_
#define WRIFTAI_SERVICE_SERVER_GRPC_LISTENER_H_

#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/listener_counters.h"
#include "base/tcp_listener.h"
#include "base/unique_fd.h"
#include "service/server/connection_table.h"

namespace wriftai {

// Accepts connections for a gRPC server in place of gRPC 1.51's own listener.
// That one stops permanently after the first accept() error, such as EMFILE,
// and has no connection limit.
//
// At the limit, connections that have sent nothing are evicted, and a new one
// waits for that; without silent connections, it is closed. Failures for lack
// of descriptors or memory are retried.
//
// Threads: one for Start(), Stop() and the destructor; any for the rest. Owns:
// the listening sockets and a thread. Fails: only Open().
class GrpcListener {
 public:
  struct Options {
    std::string name;     // For the log.
    std::string address;  // HOST:PORT.
    size_t max_connections = 2048;
    // How long sent bytes may stay unacknowledged.
    absl::Duration user_timeout = absl::Seconds(20);
    // See ConnectionTable.
    absl::Duration silence_timeout = absl::Milliseconds(200);
  };

  // Takes ownership of `fd`.
  using OnConnection = std::function<void(int listening_fd, int fd)>;

  // Listens; connections queue until Start(). UNAVAILABLE: cannot listen.
  // `counters` must outlive the listener.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Open(
      Options options, ListenerCounters& counters);

  ~GrpcListener() { Stop(); }
  GrpcListener(const GrpcListener&) = delete;
  GrpcListener& operator=(const GrpcListener&) = delete;

  // Starts accepting. `on_connection` is called on the listener's thread.
  void Start(OnConnection on_connection);

  // Closes the listening sockets; `on_connection` is not called after that.
  void Stop();

  int port() const { return port_; }

  // The address for clients on this machine.
  sockaddr_storage local_address() const { return local_address_; }

  // Exempts the next connection from this local port, the gateway's own probe,
  // from the limit.
  void ExpectProbe(int probe_port) { probe_port_ = probe_port; }

 private:
  GrpcListener(Options options, TcpListener listener,
               ListenerCounters& counters);

  void Loop();
  int WaitMs() const;
  void CountOpen();
  void Accept();
  void HandleConnection(UniqueFd socket, const sockaddr_storage& from);
  void RetryPending();
  bool AddWithReclaim(int fd, const std::string& peer);
  void Refuse(const std::string& peer);
  void OnAcceptError(int error);
  void Pause(absl::Duration duration);
  void Watch(int operation, int fd, uint32_t events) const;

  const Options options_;
  TcpListener listener_;
  const int port_;
  const sockaddr_storage local_address_;
  const UniqueFd wake_;
  const UniqueFd epoll_;
  ConnectionTable table_;
  ListenerCounters& counters_;
  std::atomic<int> probe_port_{0};
  std::atomic<bool> stopping_{false};

  // From here on used only by the thread, once it runs.
  OnConnection on_connection_;
  bool paused_ = false;
  absl::Time resume_at_ = absl::InfiniteFuture();
  struct Pending {
    UniqueFd socket;
    std::string peer;
    absl::Time deadline;
  };
  Pending pending_;  // Accepted; waits for a silent connection to close.
  absl::Time next_reclaim_at_ = absl::InfinitePast();
  bool can_evict_ = false;  // There are silent or closing connections.
  bool accept_fails_ = false;
  absl::Time next_count_at_ = absl::InfiniteFuture();
  absl::Time next_refusal_log_at_ = absl::InfinitePast();

  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_GRPC_LISTENER_H_
