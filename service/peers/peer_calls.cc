#include "service/peers/peer_calls.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpc/grpc.h"
#include "grpc/slice.h"
#include "grpc/support/log.h"
#include "service/calls/accepted_call.h"
#include "service/calls/core_buffer.h"
#include "service/rpc/forwarded_call_gate.h"

namespace wriftai {
namespace {

constexpr absl::string_view kDetailsKey = "grpc-status-details-bin";

absl::string_view ViewOf(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)),
          GRPC_SLICE_LENGTH(slice)};
}

gpr_timespec DeadlineAfter(absl::Duration timeout) {
  if (timeout == absl::InfiniteDuration()) {
    return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  }
  return gpr_time_add(
      gpr_now(GPR_CLOCK_MONOTONIC),
      gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN));
}

// The metadata of a request, until gRPC's core has taken references.
class SentMetadata {
 public:
  explicit SentMetadata(const PeerRequest& request) {
    entries_.reserve(request.metadata.size());
    for (const auto& [key, value] : request.metadata) {
      grpc_metadata& entry = entries_.emplace_back();
      entry.key = grpc_slice_from_static_string(key);
      entry.value = grpc_slice_from_copied_buffer(value.data(), value.size());
    }
  }
  ~SentMetadata() {
    for (const grpc_metadata& entry : entries_) grpc_slice_unref(entry.value);
  }
  SentMetadata(const SentMetadata&) = delete;
  SentMetadata& operator=(const SentMetadata&) = delete;

  void AddTo(grpc_op::grpc_op_data& data) {
    data.send_initial_metadata.count = entries_.size();
    data.send_initial_metadata.metadata = entries_.data();
  }

 private:
  std::vector<grpc_metadata> entries_;
};

}  // namespace

// Cancels a call, unless it has ended.
class PeerCalls::Handle final : public Call {
 public:
  explicit Handle(PeerCall& call);
  ~Handle() override;

 private:
  friend class PeerCall;
  PeerCall* call_;
};

// The common part of calls. Kept by its operations in progress, and then by the
// tasks that they post, so the loop destroys it.
class PeerCalls::PeerCall : public std::enable_shared_from_this<PeerCall> {
 public:
  PeerCall(PeerCalls& calls, CoreChannel channel)
      : event_loop_(calls.event_loop_),
        queues_(calls.queues_),
        calls_(calls.calls_),
        channel_(std::move(channel)) {
    grpc_metadata_array_init(&initial_metadata_);
    grpc_metadata_array_init(&trailing_metadata_);
  }
  virtual ~PeerCall() {
    if (handle_ != nullptr) handle_->call_ = nullptr;
    grpc_metadata_array_destroy(&initial_metadata_);
    grpc_metadata_array_destroy(&trailing_metadata_);
    grpc_slice_unref(message_);
  }
  PeerCall(const PeerCall&) = delete;
  PeerCall& operator=(const PeerCall&) = delete;

  // Loop.
  void Cancel() {
    handle_ = nullptr;
    grpc_call_cancel(call_.get(), nullptr);
  }

 protected:
  using Keep = std::shared_ptr<PeerCall>;

  // An operation, which runs `kReact` when it is completed.
  template <typename T, void (T::*kReact)(Keep, bool ok)>
  struct Operation : grpc_completion_queue_functor {
    explicit Operation(T& owner)
        : grpc_completion_queue_functor{Run, /*inlineable=*/1, 0, nullptr},
          call(owner) {}

    static void Run(grpc_completion_queue_functor* functor, int ok) {
      auto& operation = *static_cast<Operation*>(functor);
      // Released last. The task that the reaction posts may run before, and
      // destroy the operation.
      const CallCount::Hold hold = std::move(operation.hold);
      (operation.call.*kReact)(std::move(operation.keep), ok != 0);
    }

    T& call;
    CallCount::Hold hold;
    Keep keep;
  };

  // The parts of a batch.
  class Batch {
   public:
    grpc_op::grpc_op_data& Add(grpc_op_type type) {
      grpc_op& operation = operations_[count_++];
      operation.op = type;
      return operation.data;
    }
    const grpc_op* operations() const { return operations_.data(); }
    size_t count() const { return count_; }

   private:
    std::array<grpc_op, 6> operations_ = {};
    size_t count_ = 0;
  };

  void Create(PeerRequest& request) {
    call_.reset(grpc_channel_create_call(
        channel_.get(), nullptr, GRPC_PROPAGATE_DEFAULTS, queues_->Next(),
        grpc_slice_from_static_string(request.method), nullptr,
        DeadlineAfter(request.timeout), nullptr));
    request_.Swap(&request.message);
  }

  void AddMessage(Batch& batch) {
    batch.Add(GRPC_OP_SEND_MESSAGE).send_message.send_message =
        CoreBufferOf(request_);
    batch.Add(GRPC_OP_SEND_CLOSE_FROM_CLIENT);
  }

  // The batch is completed when the call has ended. `response`: null, or where
  // the only message is put.
  void AddEnd(grpc_byte_buffer** response, Batch& batch) {
    batch.Add(GRPC_OP_RECV_INITIAL_METADATA)
        .recv_initial_metadata.recv_initial_metadata = &initial_metadata_;
    if (response != nullptr) {
      batch.Add(GRPC_OP_RECV_MESSAGE).recv_message.recv_message = response;
    }
    auto& status =
        batch.Add(GRPC_OP_RECV_STATUS_ON_CLIENT).recv_status_on_client;
    status.trailing_metadata = &trailing_metadata_;
    status.status = &code_;
    status.status_details = &message_;
  }

  template <typename AnyOperation>
  void Start(const Batch& batch, AnyOperation& operation) {
    operation.hold = calls_.Add();
    operation.keep = shared_from_this();
    GPR_ASSERT(grpc_call_start_batch(call_.get(), batch.operations(),
                                     batch.count(), &operation,
                                     nullptr) == GRPC_CALL_OK);
  }

  // Lets the loop destroy the call if this is its last use.
  void LetGo(Keep keep) {
    EventLoop& event_loop = event_loop_;
    event_loop.PostIdle([keep = std::move(keep)] {});
  }

  // Runs `task` on the loop, with the call.
  template <typename Task>
  void Post(Keep keep, Task task) {
    event_loop_.Post(
        [keep = std::move(keep), task = std::move(task)]() mutable { task(); });
  }

  // After the end of the call, as the function below.
  grpc::Status Status() const {
    return grpc::Status(static_cast<grpc::StatusCode>(code_),
                        std::string(ViewOf(message_)),
                        std::string(FindTrailingMetadata(kDetailsKey)));
  }

  std::optional<absl::Duration> OwnerTime() const {
    int64_t microseconds = 0;
    if (!absl::SimpleAtoi(FindTrailingMetadata(kOwnerTimeKey), &microseconds) ||
        microseconds < 0) {
      return std::nullopt;
    }
    return absl::Microseconds(microseconds);
  }

  // Whether the handle is still there. Loop.
  bool wanted() const { return handle_ != nullptr; }

  // The call has ended: destroying the handle does nothing any more. Loop.
  void Detach() { std::exchange(handle_, nullptr)->call_ = nullptr; }

 private:
  friend class Handle;

  // The value of the last entry; empty without one.
  absl::string_view FindTrailingMetadata(absl::string_view key) const {
    absl::string_view found;
    for (size_t i = 0; i < trailing_metadata_.count; ++i) {
      const grpc_metadata& entry = trailing_metadata_.metadata[i];
      if (ViewOf(entry.key) == key) found = ViewOf(entry.value);
    }
    return found;
  }

  EventLoop& event_loop_;
  const std::shared_ptr<CallQueues> queues_;
  CallCount& calls_;
  const CoreChannel channel_;
  Handle* handle_ = nullptr;
  CoreCall call_;
  grpc::ByteBuffer request_;
  // Set by gRPC.
  grpc_metadata_array initial_metadata_;
  grpc_metadata_array trailing_metadata_;
  grpc_status_code code_ = GRPC_STATUS_UNKNOWN;
  grpc_slice message_ = grpc_empty_slice();
};

PeerCalls::Handle::Handle(PeerCall& call) : call_(&call) {
  call.handle_ = this;
}

PeerCalls::Handle::~Handle() {
  if (call_ != nullptr) call_->Cancel();
}

class PeerCalls::UnaryCall final : public PeerCall {
 public:
  UnaryCall(PeerCalls& calls, CoreChannel channel, OnResponse on_response)
      : PeerCall(calls, std::move(channel)),
        on_response_(std::move(on_response)) {}

  void Run(PeerRequest request) {
    Create(request);
    SentMetadata metadata(request);
    Batch batch;
    if (request.connect_first) {
      Batch head;
      metadata.AddTo(head.Add(GRPC_OP_SEND_INITIAL_METADATA));
      Start(head, connected_);
    } else {
      sent_ = true;
      metadata.AddTo(batch.Add(GRPC_OP_SEND_INITIAL_METADATA));
      AddMessage(batch);
    }
    AddEnd(&response_, batch);
    Start(batch, ended_);
  }

 private:
  void OnConnected(Keep keep, bool ok) {
    if (ok) {
      sent_ = true;
      Batch batch;
      AddMessage(batch);
      Start(batch, message_sent_);
    }
    LetGo(std::move(keep));
  }

  void OnMessageSent(Keep keep, bool /*ok*/) { LetGo(std::move(keep)); }

  void OnEnded(Keep keep, bool /*ok*/) {
    PeerResponse response;
    response.status = Status();
    response.owner_time = OwnerTime();
    // If the message is sent now, the call has ended already, and gRPC sends
    // nothing.
    response.maybe_sent = sent_;
    response.message = TakeMessage(response_);
    if (!response.status.ok()) response.message.Clear();
    auto task = on_response_(response);
    Post(std::move(keep), [this, task = std::move(task)]() mutable {
      if (!wanted()) return;
      Detach();
      task();
    });
  }

  OnResponse on_response_;
  Operation<UnaryCall, &UnaryCall::OnConnected> connected_{*this};
  Operation<UnaryCall, &UnaryCall::OnMessageSent> message_sent_{*this};
  Operation<UnaryCall, &UnaryCall::OnEnded> ended_{*this};
  std::atomic<bool> sent_{false};
  grpc_byte_buffer* response_ = nullptr;
};

class PeerCalls::StreamCall final : public PeerCall {
 public:
  StreamCall(PeerCalls& calls, CoreChannel channel, OnMessage on_message,
             OnEnd on_end)
      : PeerCall(calls, std::move(channel)),
        on_message_(std::move(on_message)),
        on_end_(std::move(on_end)) {}

  void Run(PeerRequest request) {
    Create(request);
    SentMetadata metadata(request);
    Batch batch;
    metadata.AddTo(batch.Add(GRPC_OP_SEND_INITIAL_METADATA));
    AddMessage(batch);
    AddEnd(nullptr, batch);
    Start(batch, ended_);
    Read();
  }

 private:
  void Read() {
    reading_ = true;
    Batch batch;
    batch.Add(GRPC_OP_RECV_MESSAGE).recv_message.recv_message = &received_;
    Start(batch, read_);
  }

  void OnRead(Keep keep, bool /*ok*/) {
    const grpc::ByteBuffer message =
        TakeMessage(std::exchange(received_, nullptr));
    EventLoop::Task task;
    if (message.Valid()) task = on_message_(message);
    Post(std::move(keep), [this, task = std::move(task)]() mutable {
      reading_ = false;
      if (task != nullptr && wanted()) {
        task();
        if (wanted()) Read();
      }
      EndIfDone();
    });
  }

  void OnEnded(Keep keep, bool /*ok*/) {
    auto task = on_end_(Status());
    Post(std::move(keep), [this, task = std::move(task)]() mutable {
      end_ = std::move(task);
      EndIfDone();
    });
  }

  // A message may still be on its way when the status has arrived.
  void EndIfDone() {
    if (reading_ || end_ == nullptr || !wanted()) return;
    Detach();
    end_();
  }

  OnMessage on_message_;
  OnEnd on_end_;
  Operation<StreamCall, &StreamCall::OnRead> read_{*this};
  Operation<StreamCall, &StreamCall::OnEnded> ended_{*this};
  grpc_byte_buffer* received_ = nullptr;
  bool reading_ = false;
  EventLoop::Task end_;  // Set when the status has arrived.
};

PeerCalls::PeerCalls(EventLoop& event_loop)
    : event_loop_(event_loop),
      queues_(std::make_shared<CallQueues>(CallQueues::Side::kClient)) {}

PeerCalls::~PeerCalls() { calls_.WaitForNone(); }

CallHandle PeerCalls::StartUnary(CoreChannel channel, PeerRequest request,
                                 OnResponse on_response) {
  const auto call = std::make_shared<UnaryCall>(*this, std::move(channel),
                                                std::move(on_response));
  auto handle = std::make_unique<Handle>(*call);
  call->Run(std::move(request));
  return handle;
}

CallHandle PeerCalls::StartStream(CoreChannel channel, PeerRequest request,
                                  OnMessage on_message, OnEnd on_end) {
  const auto call = std::make_shared<StreamCall>(
      *this, std::move(channel), std::move(on_message), std::move(on_end));
  auto handle = std::make_unique<Handle>(*call);
  call->Run(std::move(request));
  return handle;
}

}  // namespace wriftai
