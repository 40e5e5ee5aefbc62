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

// Accepts the connections of a gRPC server, which gRPC 1.51 must not do itself:
// its listener ends for good with the first error of accept(), such as EMFILE,
// and takes connections without a limit.
//
// At the limit, connections that have sent nothing make room, and a new one
// waits for that; where there are none, it is closed. What fails for want of
// descriptors or memory is tried again.
//
// Threads: Start(), Stop() and the destructor one; all else any. Owns: the
// listening sockets and a thread. Fails: Open() alone.
class GrpcListener {
 public:
  struct Options {
    std::string name;     // In the log, and on the way to a metric's label.
    std::string address;  // HOST:PORT.
    size_t max_connections = 2048;
    // How long sent bytes may stay unacknowledged.
    absl::Duration user_timeout = absl::Seconds(20);
    // See ConnectionTable.
    absl::Duration silence = absl::Milliseconds(200);
  };

  // Takes the ownership of `fd`.
  using HandOver = std::function<void(int listening_fd, int fd)>;

  // Listens; connections wait until Start(). UNAVAILABLE: it cannot, and why.
  // `counters` must outlive it.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Open(
      Options options, ListenerCounters& counters);

  ~GrpcListener() { Stop(); }
  GrpcListener(const GrpcListener&) = delete;
  GrpcListener& operator=(const GrpcListener&) = delete;

  // Begins to accept. `hand_over` is called on the listener's thread.
  void Start(HandOver hand_over);

  // Closes the listening sockets; nothing is handed over any more.
  void Stop();

  int port() const { return port_; }

  // Where a client on this machine connects to.
  sockaddr_storage local_address() const { return local_address_; }

  // The next connection from this local port is the gateway's own probe, for
  // which there is always room.
  void Expect(int probe_port) { probe_port_ = probe_port; }

 private:
  GrpcListener(Options options, TcpListener listener,
               ListenerCounters& counters);

  void Loop();
  int WaitMs() const;
  void CountOpen();
  void Accept();
  void Take(UniqueFd socket, const sockaddr_storage& from);
  void TakeHeld();
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

  // Of the thread from here on, once it runs.
  HandOver hand_over_;
  bool paused_ = false;
  absl::Time resume_at_ = absl::InfiniteFuture();
  struct Held {
    UniqueFd socket;
    std::string peer;
    absl::Time until;
  };
  Held held_;  // Waits for a connection that is about to be closed.
  absl::Time next_reclaim_at_ = absl::InfinitePast();
  bool room_is_coming_ = false;  // From silent connections.
  bool accept_fails_ = false;
  absl::Time next_count_at_ = absl::InfiniteFuture();
  absl::Time next_refusal_log_at_ = absl::InfinitePast();

  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_GRPC_LISTENER_H_
