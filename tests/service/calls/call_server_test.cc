#include "service/calls/call_server.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "service/calls/call_reactor.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai {
namespace {

constexpr char kPath[] = "/wriftai.predictions.v1.Predictions/Wait";

grpc::ByteBuffer UpdateWith(int64_t sequence) {
  v1::PredictionUpdate update;
  update.set_sequence(sequence);
  const grpc::Slice bytes(update.SerializeAsString());
  return grpc::ByteBuffer(&bytes, 1);
}

// What a test observes of its calls.
struct Events {
  std::atomic<int> started{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> done{0};
};

// Writes updates from `first` to `last`, each when the previous one is done,
// and then a status.
class CountingReactor final : public CallReactor {
 public:
  CountingReactor(AcceptedCall call, Events& events, int64_t last,
                  grpc::Status status)
      : CallReactor(std::move(call)),
        events_(events),
        last_(last),
        status_(std::move(status)) {
    SetInitialMetadata("x-request-id", "of-the-test");
  }

  void Start() {
    // Before the reactions, which may end the object.
    Next();
    StartReactions();
  }

 private:
  void Next() {
    if (next_ > last_) return Finish(status_);
    StartWrite(UpdateWith(next_++));
  }

  void OnWriteDone(bool ok) override {
    if (!ok) next_ = last_ + 1;
    Next();
  }
  void OnCancel() override { ++events_.cancelled; }
  void OnDone() override {
    ++events_.done;
    delete this;
  }

  Events& events_;
  int64_t next_ = 1;
  const int64_t last_;
  const grpc::Status status_;
};

// Writes one update with an id of `padding` bytes, and ends the call.
class PaddedReactor final : public CallReactor {
 public:
  PaddedReactor(AcceptedCall call, Events& events, size_t padding)
      : CallReactor(std::move(call)), events_(events), padding_(padding) {}

  void Start() {
    SetTrailingMetadata("x-end", "of-the-test");
    v1::PredictionUpdate update;
    update.mutable_prediction()->set_id(std::string(padding_, 'x'));
    const grpc::Slice bytes(update.SerializeAsString());
    StartWriteAndFinish(grpc::ByteBuffer(&bytes, 1),
                        grpc::Status(grpc::StatusCode::ABORTED, "why"));
    ++events_.started;
    StartReactions();
  }

 private:
  void OnWriteDone(bool ok) override {}
  void OnCancel() override { ++events_.cancelled; }
  void OnDone() override {
    ++events_.done;
    delete this;
  }

  Events& events_;
  const size_t padding_;
};

// Stays open until the caller leaves, or until the test ends it.
class OpenReactor final : public CallReactor {
 public:
  OpenReactor(AcceptedCall call, Events& events, bool ends_on_cancel = true)
      : CallReactor(std::move(call)),
        events_(events),
        ends_on_cancel_(ends_on_cancel) {}

  void Start() { StartReactions(); }
  void End() { Finish(grpc::Status::CANCELLED); }

 private:
  void OnWriteDone(bool ok) override {}
  void OnCancel() override {
    ++events_.cancelled;
    if (ends_on_cancel_) End();
  }
  void OnDone() override {
    ++events_.done;
    delete this;
  }

  Events& events_;
  const bool ends_on_cancel_;
};

// A server with one streaming method, and a client.
class CallServerTest : public ::testing::Test {
 protected:
  void Serve(CallServer::Handler handler) {
    calls_.AddMethod(kPath, std::move(handler));
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterCallbackGenericService(&other_methods_);
    server_ = calls_.BuildAndStart(builder);
    ASSERT_NE(server_, nullptr);
    stub_ = v1::Predictions::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  // Counts until `last` in each call, then ends it with `status`.
  void ServeCounting(int64_t last, const grpc::Status& status) {
    Serve([this, last, status](AcceptedCall call) {
      (new CountingReactor(std::move(call), events_, last, status))->Start();
    });
  }

  void Shutdown() {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    calls_.Wait();
    server_.reset();
  }

  ~CallServerTest() override { Shutdown(); }

  Events events_;
  CallServer calls_;
  grpc::CallbackGenericService other_methods_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Predictions::Stub> stub_;
};

TEST_F(CallServerTest, SendsMetadataThenUpdatesThenStatus) {
  ServeCounting(3, grpc::Status(grpc::StatusCode::ABORTED, "why", "details"));
  grpc::ClientContext context;
  const auto reader = stub_->Wait(&context, v1::WaitRequest());
  v1::PredictionUpdate update;
  for (int64_t sequence = 1; sequence <= 3; ++sequence) {
    ASSERT_TRUE(reader->Read(&update));
    EXPECT_EQ(update.sequence(), sequence);
  }
  EXPECT_FALSE(reader->Read(&update));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "why");
  EXPECT_EQ(status.error_details(), "details");
  const auto& metadata = context.GetServerInitialMetadata();
  EXPECT_EQ(metadata.count("x-request-id"), 1u);
  EXPECT_EQ(metadata.find("x-request-id")->second, "of-the-test");
}

// gRPC's core would send it on the thread that starts the operation.
TEST_F(CallServerTest, LargeMessageIsLeftToTheThreadForSends) {
  absl::Notification go_on;
  std::atomic<bool> first{true};
  Serve([&](AcceptedCall call) {
    size_t padding = 0;
    if (first.exchange(false)) {
      call.sends->Run([&] { go_on.WaitForNotification(); });
      padding = SendThread::kLargeBytes;
    }
    (new PaddedReactor(std::move(call), events_, padding))->Start();
  });
  absl::Notification received;
  std::thread reader([&] {
    grpc::ClientContext context;
    const auto large = stub_->Wait(&context, v1::WaitRequest());
    v1::PredictionUpdate update;
    EXPECT_TRUE(large->Read(&update));
    EXPECT_EQ(update.prediction().id().size(), SendThread::kLargeBytes);
    received.Notify();
    const grpc::Status status = large->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
    EXPECT_EQ(context.GetServerTrailingMetadata().count("x-end"), 1u);
  });
  while (first) std::this_thread::yield();
  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext context;
    const auto small = stub_->Wait(&context, v1::WaitRequest());
    v1::PredictionUpdate update;
    EXPECT_TRUE(small->Read(&update));
    EXPECT_EQ(small->Finish().error_code(), grpc::StatusCode::ABORTED);
  }
  EXPECT_FALSE(received.HasBeenNotified());
  go_on.Notify();
  reader.join();
  Shutdown();
  EXPECT_EQ(events_.done, 101);
}

TEST_F(CallServerTest, LargeMessageOfACancelledCallEndsIt) {
  absl::Notification go_on;
  Serve([&](AcceptedCall call) {
    call.sends->Run([&] { go_on.WaitForNotification(); });
    (new PaddedReactor(std::move(call), events_, SendThread::kLargeBytes))
        ->Start();
  });
  grpc::ClientContext context;
  const auto reader = stub_->Wait(&context, v1::WaitRequest());
  // Its start shows that the call has been accepted.
  while (events_.started == 0) std::this_thread::yield();
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  while (events_.cancelled == 0) std::this_thread::yield();
  EXPECT_EQ(events_.done, 0);
  go_on.Notify();
  Shutdown();
  EXPECT_EQ(events_.done, 1);
}

TEST_F(CallServerTest, EndedCallIsDoneWithoutCancellation) {
  ServeCounting(0, grpc::Status::OK);
  grpc::ClientContext context;
  EXPECT_TRUE(stub_->Wait(&context, v1::WaitRequest())->Finish().ok());
  Shutdown();
  EXPECT_EQ(events_.done, 1);
  EXPECT_EQ(events_.cancelled, 0);
}

TEST_F(CallServerTest, PassesRequestMetadataDeadlineAndPeer) {
  std::string id;
  std::string token;
  std::string peer;
  bool has_deadline = false;
  // gRPC orders the two threads, too, but the thread sanitizer cannot see that.
  std::atomic<bool> received{false};
  Serve([&](AcceptedCall call) {
    grpc::Slice bytes;
    EXPECT_TRUE(call.request.DumpToSingleSlice(&bytes).ok());
    v1::WaitRequest request;
    EXPECT_TRUE(
        request.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size())));
    id = request.id();
    const grpc::string_ref value = call.metadata.find("authorization")->second;
    token = std::string(value.data(), value.size());
    peer = call.peer();
    has_deadline = gpr_time_cmp(call.deadline,
                                gpr_inf_future(call.deadline.clock_type)) < 0;
    received = true;
    (new CountingReactor(std::move(call), events_, 0, grpc::Status::OK))
        ->Start();
  });
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer x");
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::minutes(1));
  v1::WaitRequest request;
  request.set_id("the-id");
  EXPECT_TRUE(stub_->Wait(&context, request)->Finish().ok());
  ASSERT_TRUE(received);
  EXPECT_EQ(id, "the-id");
  EXPECT_EQ(token, "Bearer x");
  EXPECT_EQ(peer.substr(0, 15), "ipv4:127.0.0.1:");
  EXPECT_TRUE(has_deadline);
}

// Many more than the posted requests, and none ends before all are open.
TEST_F(CallServerTest, AcceptsAnyNumberOfCallsAtOnce) {
  constexpr int kCalls = 1000;
  absl::BlockingCounter open(kCalls);
  Serve([&](AcceptedCall call) {
    (new OpenReactor(std::move(call), events_))->Start();
    open.DecrementCount();
  });
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::PredictionUpdate>>> calls;
  for (int i = 0; i < kCalls; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    calls.push_back(stub_->Wait(contexts.back().get(), v1::WaitRequest()));
  }
  open.Wait();
  for (const auto& context : contexts) context->TryCancel();
  for (const auto& call : calls) {
    EXPECT_EQ(call->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  Shutdown();
  EXPECT_EQ(events_.cancelled, kCalls);
  EXPECT_EQ(events_.done, kCalls);
}

TEST_F(CallServerTest, WaitBlocksUntilCancelledCallsAreDone) {
  absl::Notification open;
  OpenReactor* reactor = nullptr;
  Serve([&](AcceptedCall call) {
    reactor = new OpenReactor(std::move(call), events_, false);
    reactor->Start();
    open.Notify();
  });
  grpc::ClientContext context;
  const auto reader = stub_->Wait(&context, v1::WaitRequest());
  open.WaitForNotification();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  EXPECT_EQ(events_.done, 0);
  std::thread end([&] { reactor->End(); });
  calls_.Wait();
  EXPECT_EQ(events_.cancelled, 1);
  EXPECT_EQ(events_.done, 1);
  end.join();
  server_.reset();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CallServerTest, DeadlineCancelsCall) {
  Serve([&](AcceptedCall call) {
    (new OpenReactor(std::move(call), events_))->Start();
  });
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(50));
  EXPECT_EQ(stub_->Wait(&context, v1::WaitRequest())->Finish().error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(CallServerTest, LeavesOtherMethodsToTheGenericService) {
  ServeCounting(0, grpc::Status::OK);
  grpc::ClientContext context;
  v1::Prediction prediction;
  EXPECT_EQ(stub_->Get(&context, v1::GetRequest(), &prediction).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace wriftai
