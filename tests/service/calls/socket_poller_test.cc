#include "service/calls/socket_poller.h"

#include <sys/syscall.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

// Whether a thread of this process waits for the server's sockets.
bool AnyThreadPolls() {
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/self/task")) {
    // Those of gRPC's event engine wait for clients' sockets.
    std::string name;
    std::ifstream(thread.path() / "comm") >> name;
    if (name == "event_engine") continue;
    // "running", or the number of the system call; see proc(5).
    int call = -1;
    std::ifstream(thread.path() / "syscall") >> call;
#ifdef SYS_epoll_wait
    if (call == SYS_epoll_wait) return true;
#endif
    if (call == SYS_epoll_pwait) return true;
  }
  return false;
}

// The longest time in which no thread waits for sockets. gRPC has its own
// clock, so this takes real time: for each of its threads, that of two pauses.
absl::Duration LongestPause() {
  constexpr absl::Duration kObserved = absl::Milliseconds(2500);
  const absl::Time end = absl::Now() + kObserved;
  absl::Duration longest;
  for (absl::Time since = absl::InfiniteFuture(); absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(5));
    since = AnyThreadPolls() ? absl::InfiniteFuture()
                             : std::min(since, absl::Now());
    longest = std::max(longest, absl::Now() - since);
  }
  return longest;
}

TEST(SocketPollerTest, SocketsAreAlwaysPolledBesideAnIdleCallbackServer) {
  const SocketPoller poller;
  grpc::CallbackGenericService service;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  EXPECT_LT(LongestPause(), absl::Milliseconds(70));
  server->Shutdown();
}

}  // namespace
}  // namespace wriftai
