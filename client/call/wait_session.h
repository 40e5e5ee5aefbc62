#ifndef WRIFTAI_CLIENT_CALL_WAIT_SESSION_H_
#define WRIFTAI_CLIENT_CALL_WAIT_SESSION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/call/connection.h"
#include "client/call/retries.h"
#include "client/call/update_stream.h"
#include "client/host.h"
#include "client/output/wait_display.h"

namespace wriftai::client {

// How long to wait and retry before the first update, without --timeout. Long
// enough for a gateway's restart, and short enough to report a mistyped
// address.
inline constexpr absl::Duration kFirstUpdateTimeout = absl::Seconds(30);

struct WaitPlan {
  // The request to start with. Unset: start with `wait`.
  std::optional<v1::CreateAndWaitRequest> create;

  // The first update fills in the id after `create`.
  v1::WaitRequest wait;

  // A time of the host's clock. Unset: no deadline.
  std::optional<absl::Time> deadline;

  // How long to retry before the first update. Unset: for kFirstUpdateTimeout,
  // or until `deadline` if that is set.
  std::optional<absl::Duration> retry_for;

  // Print every update to stdout.
  bool json = false;

  Progress progress = Progress::kAll;
};

struct WaitResult {
  // OK: `prediction` has ended.
  grpc::Status status;

  // The signal that ended the wait; 0 for none.
  int signal = 0;

  // The latest known state; unset before the first update.
  std::optional<v1::Prediction> prediction;

  // A result could not be written, which ended the wait.
  bool output_failed = false;

  // The prediction's id; empty if a create has not returned it.
  std::string id;
};

// Waits for one prediction across restarts of the gateway. After a stream ends
// with an error that MayWaitAgain() accepts, waits for the gateway's retry
// delay, or else a backoff, and calls Wait with the same id. Resends a create
// only if MayCreateAgain(), even with a request id: each gateway process has
// its own request ids, and another process may receive the retry.
//
// Threads: one. `connection` and `host` must outlive this. Fails:
// WaitResult::status, if the error is not retryable or the time is up.
class WaitSession {
 public:
  WaitSession(Connection& connection, Host& host, WaitPlan plan);

  // To be called once.
  WaitResult Run();

 private:
  std::unique_ptr<UpdateStream> Open();

  // Reads one stream until it ends or a signal arrives.
  grpc::Status Follow(UpdateStream& stream);
  grpc::Status Apply(const v1::PredictionUpdate& update);

  // Whether a stream of a known prediction has had no update for too long. A
  // create is not abandoned: its prediction would be lost.
  bool HasNotBegunInTime() const;
  absl::Duration BeginTimeout() const;

  bool IsRetryable(const grpc::Status& status) const;
  absl::Time RetryDeadline() const;

  Connection& connection_;
  Host& host_;
  WaitPlan plan_;
  const absl::Time start_;
  Retries retries_;
  WaitDisplay display_;
  WaitResult result_;
  bool failed_here_ = false;  // A retry would fail the same way.
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_WAIT_SESSION_H_
