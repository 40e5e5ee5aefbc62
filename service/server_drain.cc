#include "service/server_drain.h"

#include <algorithm>

#include "base/run_on_loop.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// Stages of a drain, as fractions of the timeout. Calls end with an error; gRPC
// cancels calls whose callers do not read; their connections are closed. The
// remainder is for stopping everything else.
constexpr double kEndCallsAt = 0.9;
constexpr double kCancelCallsAt = 0.95;
constexpr double kCloseConnectionsAt = 0.97;

// With a short timeout, gRPC's own shutdown still gets this long first.
constexpr absl::Duration kMinCloseDelay = absl::Milliseconds(100);

// How often a drain checks for idle connections, and how long a connection must
// be silent to count as idle. gRPC itself waits up to 20 s for a ping's
// response, which clients such as Python's do not send while they have no
// call. A request in transit keeps its connection busy.
constexpr absl::Duration kIdleCheckInterval = absl::Milliseconds(100);
constexpr absl::Duration kIdleFor = absl::Milliseconds(500);

}  // namespace

ServerDrain::ServerDrain(Engine& engine, GrpcServer& server,
                         const CallRecorder& recorder, EventLoop& event_loop,
                         absl::Duration timeout)
    : engine_(engine),
      server_(server),
      recorder_(recorder),
      event_loop_(event_loop),
      timeout_(timeout),
      started_at_(event_loop.Now()) {}

void ServerDrain::Run() {
  server_.health().BeginDrain();
  RunOnLoop(event_loop_, [this] { Begin(); });
  server_.Shutdown(deadline() - event_loop_.Now());
  RunOnLoop(event_loop_, [this] { End(); });
}

absl::Time ServerDrain::deadline() const {
  return started_at_ + timeout_ * kCancelCallsAt;
}

void ServerDrain::Begin() {
  engine_.BeginDrain(started_at_ + timeout_ * kEndCallsAt);
  close_connections_ = event_loop_.RunAt(
      started_at_ + std::max(timeout_ * kCloseConnectionsAt, kMinCloseDelay),
      [this] {
        spdlog::warn("closing connections whose callers do not read");
        server_.CloseConnections();
      });
  CloseIdleConnections();
}

void ServerDrain::CloseIdleConnections() {
  if (recorder_.open_calls() == 0) server_.CloseIdleConnections(kIdleFor);
  close_idle_connections_ =
      event_loop_.RunAt(event_loop_.Now() + kIdleCheckInterval,
                        [this] { CloseIdleConnections(); });
}

void ServerDrain::End() {
  close_connections_.reset();
  close_idle_connections_.reset();
}

}  // namespace wriftai
