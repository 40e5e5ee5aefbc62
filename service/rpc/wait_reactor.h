#ifndef WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_
#define WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "service/calls/accepted_call.h"
#include "service/calls/call_reactor.h"
#include "service/engine/wait_handle.h"
#include "service/rpc/rpc_reactor.h"
#include "service/telemetry/open_streams.h"

namespace wriftai {

// One waiting stream: the observer of a wait on one side, and one write in
// flight on the other.
//
// Updates carry state, so a slow reader gets only the latest one instead of a
// queue: at most one update is in flight and one is pending. The terminal
// update is last, so it is never replaced. The stream ends in one place,
// WriteNext(), and only while no write is in flight.
//
// Threads, fails: see RpcReactor. Owns: itself, the decoding of its request,
// and the wait. The engine must outlive it.
class WaitReactor final : public RpcReactor<CallReactor>,
                          public CreateObserver {
 public:
  WaitReactor(const RpcContext& context, CallRecord record, AcceptedCall call);

  // Posts the start of the stream.
  void Start(Work work);

  // Holds the decoding of the request. On the loop.
  void Continue(CallHandle decoding);

  // Holds the wait that this reactor observes, or ends the stream with its
  // error. On the loop, once.
  void Continue(absl::StatusOr<std::unique_ptr<WaitHandle>> wait);

  // Ends the stream, after the pending update. On the loop.
  void End(const absl::Status& status);

  void OnCreated(const std::string& id) override;
  void OnSnapshot(const SnapshotPtr& snapshot,
                  absl::Duration interval) override;
  void OnError(const absl::Status& status) override { End(status); }

 private:
  struct Update {
    SnapshotPtr snapshot;
    absl::Duration interval;
  };

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void RecordWait();
  void StopWaiting();
  void WriteNext();
  void EncodeCurrent();
  void Write(const PredictionEncoder::Bytes& prediction);

  OpenStreams::Entry entry_;               // From the first task on the loop.
  std::unique_ptr<WaitSpans> wait_spans_;  // Null: not recorded.
  CallHandle decoding_;
  std::unique_ptr<WaitHandle> wait_;
  std::optional<Update> pending_;  // The next to write.
  std::optional<Update> current_;  // Being encoded.
  CallHandle encoding_;
  std::optional<absl::Status> ending_;  // The final status, after the updates.
  bool cancelled_ = false;              // The caller no longer reads.
  bool writing_ = false;
  bool finished_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_
