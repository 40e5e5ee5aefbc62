#include "service/rpc/unary_reactor.h"

#include <memory>
#include <utility>

#include "service/rpc/grpc_status.h"

namespace wriftai {

UnaryReactor* UnaryReactor::Run(EventLoop& event_loop, CallRecorder& recorder,
                                CallRecord record, Work work) {
  auto* const reactor =
      new UnaryReactor(event_loop, recorder, std::move(record));
  event_loop.Post([reactor, work = std::move(work)]() mutable {
    reactor->Start(std::move(work));
  });
  return reactor;
}

UnaryReactor* UnaryReactor::Fail(EventLoop& event_loop, CallRecorder& recorder,
                                 CallRecord record,
                                 const absl::Status& status) {
  return Run(event_loop, recorder, std::move(record),
             [status](UnaryReactor& reactor) {
               reactor.End(status);
               return CallHandle();
             });
}

void UnaryReactor::OnCancel() {
  event_loop_.Post(
      [this] { End(CancellationStatus(record_, event_loop_.Now())); });
}

void UnaryReactor::OnDone() {
  event_loop_.Post([self = std::unique_ptr<UnaryReactor>(this)] {});
}

void UnaryReactor::Start(Work work) {
  recorder_.Begin(record_);
  // The caller may have cancelled before the work started.
  if (ended_) return;
  Continue(work(*this));
}

void UnaryReactor::End(const grpc::ByteBuffer& bytes,
                       grpc::ByteBuffer& response) {
  record_.sent_bytes = static_cast<int64_t>(bytes.Length());
  response = bytes;
  End(absl::OkStatus());
}

void UnaryReactor::End(const absl::Status& status) {
  if (ended_) return;
  ended_ = true;
  work_.reset();
  recorder_.End(status, record_);
  Finish(ToGrpcStatus(AddCallInfo(record_, status)));
}

}  // namespace wriftai
