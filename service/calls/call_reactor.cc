#include "service/calls/call_reactor.h"

#include <array>
#include <string>
#include <utility>

#include "grpc/slice.h"
#include "grpc/support/log.h"
#include "service/calls/core_buffer.h"

namespace wriftai {
namespace {

// As gRPC's C++ library sends grpc::Status::error_details().
constexpr char kDetailsKey[] = "grpc-status-details-bin";

// The operations of one send. gRPC's core takes references to the slices when
// it starts them, and refers to nothing else here afterwards.
class SendBatch {
 public:
  SendBatch() = default;
  ~SendBatch() {
    for (size_t i = 0; i < slice_count_; ++i) grpc_slice_unref(slices_[i]);
  }
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  // An empty value: no entry.
  void AddInitialMetadata(const char* key, const std::string& value) {
    auto& data = Add(GRPC_OP_SEND_INITIAL_METADATA).send_initial_metadata;
    if (value.empty()) return;
    AddEntry(key, value);
    data.metadata = entries_.data();
    data.count = 1;
  }

  // `message` must stay valid until the operations are completed.
  void AddMessage(grpc_byte_buffer* message) {
    Add(GRPC_OP_SEND_MESSAGE).send_message.send_message = message;
  }

  // An empty value: no entry but the status's own.
  void AddStatus(const grpc::Status& status, const char* key,
                 const std::string& value) {
    auto& data = Add(GRPC_OP_SEND_STATUS_FROM_SERVER).send_status_from_server;
    data.status = static_cast<grpc_status_code>(status.error_code());
    if (!status.error_message().empty()) {
      data.status_details = &SliceOf(status.error_message());
    }
    const size_t first = entry_count_;
    if (const std::string details = status.error_details(); !details.empty()) {
      AddEntry(kDetailsKey, details);
    }
    if (!value.empty()) AddEntry(key, value);
    data.trailing_metadata = entries_.data() + first;
    data.trailing_metadata_count = entry_count_ - first;
  }

  const grpc_op* operations() const { return operations_.data(); }
  size_t count() const { return count_; }

 private:
  grpc_op::grpc_op_data& Add(grpc_op_type type) {
    grpc_op& operation = operations_[count_++];
    operation.op = type;
    return operation.data;
  }

  grpc_slice& SliceOf(const std::string& bytes) {
    grpc_slice& slice = slices_[slice_count_++];
    slice = grpc_slice_from_copied_buffer(bytes.data(), bytes.size());
    return slice;
  }

  void AddEntry(const char* key, const std::string& value) {
    grpc_metadata& entry = entries_[entry_count_++];
    entry.key = grpc_slice_from_static_string(key);
    entry.value = SliceOf(value);
  }

  std::array<grpc_op, 3> operations_ = {};
  size_t count_ = 0;
  std::array<grpc_metadata, 3> entries_ = {};
  size_t entry_count_ = 0;
  std::array<grpc_slice, 4> slices_ = {};
  size_t slice_count_ = 0;
};

}  // namespace

CallReactor::CallReactor(AcceptedCall call)
    : hold_(std::move(call.hold)),
      sends_(*call.sends),
      call_(std::move(call.call)) {}

void CallReactor::SetInitialMetadata(const char* key, std::string value) {
  initial_metadata_ = {key, std::move(value)};
}

void CallReactor::SetTrailingMetadata(const char* key, std::string value) {
  trailing_metadata_ = {key, std::move(value)};
}

void CallReactor::StartReactions() {
  grpc_op close = {};
  close.op = GRPC_OP_RECV_CLOSE_ON_SERVER;
  close.data.recv_close_on_server.cancelled = &cancelled_;
  Start(call_.get(), &close, 1, close_);
}

void CallReactor::StartWrite(grpc::ByteBuffer&& message) {
  operations_.fetch_add(1, std::memory_order_relaxed);
  Send(std::move(message), std::nullopt, write_);
}

void CallReactor::Finish(const grpc::Status& status) {
  Send(grpc::ByteBuffer(), status, finish_);
}

void CallReactor::StartWriteAndFinish(grpc::ByteBuffer&& message,
                                      const grpc::Status& status) {
  Send(std::move(message), status, finish_);
}

void CallReactor::Written(bool ok) {
  message_.Clear();
  OnWriteDone(ok);
}

void CallReactor::Closed(bool /*ok*/) {
  if (cancelled_ != 0) OnCancel();
}

void CallReactor::EndOperation() {
  if (operations_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  call_.reset();
  // Released after OnDone(), which ends the object.
  const CallCount::Hold hold = std::move(hold_);
  OnDone();
}

void CallReactor::Send(grpc::ByteBuffer&& message,
                       std::optional<grpc::Status> status,
                       grpc_completion_queue_functor& operation) {
  if (!message.Valid()) return StartSend(status, operation);
  message_.Swap(&message);
  if (message_.Length() <= SendThread::kLargeBytes) {
    return StartSend(status, operation);
  }
  // Until the operation is completed, the object exists.
  sends_.Run([this, status = std::move(status), &operation] {
    StartSend(status, operation);
  });
}

void CallReactor::StartSend(const std::optional<grpc::Status>& status,
                            grpc_completion_queue_functor& operation) {
  SendBatch batch;
  if (!std::exchange(sent_metadata_, true)) {
    const auto [key, value] = std::exchange(initial_metadata_, Metadata());
    batch.AddInitialMetadata(key, value);
  }
  if (message_.Valid()) batch.AddMessage(CoreBufferOf(message_));
  if (status.has_value()) {
    batch.AddStatus(*status, trailing_metadata_.key, trailing_metadata_.value);
  }
  Start(call_.get(), batch.operations(), batch.count(), operation);
}

// Static: the object may be destroyed before gRPC returns.
void CallReactor::Start(grpc_call* call, const grpc_op* operations,
                        size_t count,
                        grpc_completion_queue_functor& operation) {
  GPR_ASSERT(grpc_call_start_batch(call, operations, count, &operation,
                                   nullptr) == GRPC_CALL_OK);
}

}  // namespace wriftai
