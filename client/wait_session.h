#ifndef WRIFTAI_CLIENT_WAIT_SESSION_H_
#define WRIFTAI_CLIENT_WAIT_SESSION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/backoff.h"
#include "client/connection.h"
#include "client/host.h"
#include "client/update_stream.h"
#include "client/wait_display.h"

namespace wriftai::client {

// Without a --timeout, how long a prediction that nothing was heard of yet is
// tried for: a gateway's restart, and not for ever after a mistyped address.
inline constexpr absl::Duration kFirstUpdatePatience = absl::Seconds(30);

struct WaitPlan {
  // Begin with this; none: with `wait`.
  std::optional<v1::CreateAndWaitRequest> create;

  // How to wait. With `create` its id is filled in by the first update.
  v1::WaitRequest wait;

  // On the clock; none: for ever.
  std::optional<absl::Time> deadline;

  // Print every update to stdout.
  bool json = false;
};

struct WaitResult {
  // OK: `prediction` has ended.
  grpc::Status status;

  // The signal that ended the waiting; 0 for none.
  int signal = 0;

  // The newest known state; none before the first update.
  std::optional<v1::Prediction> prediction;

  // The prediction's; empty where a create has not told it.
  std::string id;
};

// One prediction, waited for across the gateway's restarts: a stream that ends
// UNAVAILABLE is followed by a Wait of the same id after the delay that the
// gateway asks for, or one of ours. A create is sent again only where it has
// certainly created nothing, whatever its request id: that is known to one
// process alone, and the next one may answer.
//
// Threads: one. `connection` and `host` must outlive this. Fails:
// WaitResult::status, when trying again is of no use or there is no time left.
class WaitSession {
 public:
  WaitSession(Connection& connection, Host& host, WaitPlan plan);

  // Once.
  WaitResult Run();

 private:
  std::unique_ptr<UpdateStream> Open();

  // Reads one stream until it ends, or a signal.
  grpc::Status Follow(UpdateStream& stream);
  grpc::Status Take(const v1::PredictionUpdate& update);

  bool MayTryAgain(const grpc::Status& status) const;
  absl::Time GiveUpAt() const;

  // Returns early on a signal.
  void Pause(absl::Duration delay);

  Connection& connection_;
  Host& host_;
  WaitPlan plan_;
  const absl::Time start_;
  Backoff backoff_;
  WaitDisplay display_;
  WaitResult result_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_WAIT_SESSION_H_
