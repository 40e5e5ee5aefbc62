#ifndef WRIFTAI_TESTS_SERVICE_ETCD_FAKE_ETCD_H_
#define WRIFTAI_TESTS_SERVICE_ETCD_FAKE_ETCD_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "etcd/rpc.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace wriftai {

// A server with etcd's API that answers as the test says.
//
// Threads: any; the answers run on gRPC's. Owns: the server.
class FakeEtcd {
 public:
  // Null: no answer. The call ends with the server or the caller.
  struct Answers {
    std::function<grpc::Status(etcdserverpb::RangeResponse& response)> range;
    std::function<grpc::Status(etcdserverpb::TxnResponse& response)> txn;
    std::function<grpc::Status(etcdserverpb::LeaseGrantResponse& response)>
        grant;
    std::function<grpc::Status(etcdserverpb::LeaseKeepAliveResponse& response)>
        keep_alive;
    // What each watch gets. It stays open afterwards.
    std::vector<etcdserverpb::WatchResponse> watch;
  };

  explicit FakeEtcd(Answers answers) : answers_(std::move(answers)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&kv_);
    builder.RegisterService(&lease_);
    builder.RegisterService(&watch_);
    server_ = builder.BuildAndStart();
  }
  ~FakeEtcd() {
    stop_.Notify();
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  std::string endpoint() const {
    return absl::StrCat("http://127.0.0.1:", port_);
  }

 private:
  template <typename Answer, typename Response>
  grpc::Status Call(const grpc::ServerContext& context, const Answer& answer,
                    Response& response) const {
    if (answer != nullptr) return answer(response);
    WaitForEnd(context);
    return grpc::Status::CANCELLED;
  }
  void WaitForEnd(const grpc::ServerContext& context) const {
    while (!context.IsCancelled() &&
           !stop_.WaitForNotificationWithTimeout(absl::Milliseconds(10))) {
    }
  }

  class KvService : public etcdserverpb::KV::Service {
   public:
    explicit KvService(FakeEtcd& fake) : fake_(fake) {}
    grpc::Status Range(grpc::ServerContext* context,
                       const etcdserverpb::RangeRequest* /*request*/,
                       etcdserverpb::RangeResponse* response) override {
      return fake_.Call(*context, fake_.answers_.range, *response);
    }
    grpc::Status Txn(grpc::ServerContext* context,
                     const etcdserverpb::TxnRequest* /*request*/,
                     etcdserverpb::TxnResponse* response) override {
      return fake_.Call(*context, fake_.answers_.txn, *response);
    }

   private:
    FakeEtcd& fake_;
  };
  class LeaseService : public etcdserverpb::Lease::Service {
   public:
    explicit LeaseService(FakeEtcd& fake) : fake_(fake) {}
    grpc::Status LeaseGrant(
        grpc::ServerContext* context,
        const etcdserverpb::LeaseGrantRequest* /*request*/,
        etcdserverpb::LeaseGrantResponse* response) override {
      return fake_.Call(*context, fake_.answers_.grant, *response);
    }
    grpc::Status LeaseKeepAlive(
        grpc::ServerContext* context,
        const etcdserverpb::LeaseKeepAliveRequest* /*request*/,
        etcdserverpb::LeaseKeepAliveResponse* response) override {
      return fake_.Call(*context, fake_.answers_.keep_alive, *response);
    }

   private:
    FakeEtcd& fake_;
  };
  class WatchService : public etcdserverpb::Watch::Service {
   public:
    explicit WatchService(FakeEtcd& fake) : fake_(fake) {}
    grpc::Status Watch(
        grpc::ServerContext* context,
        grpc::ServerReaderWriter<etcdserverpb::WatchResponse,
                                 etcdserverpb::WatchRequest>* stream) override {
      for (const auto& response : fake_.answers_.watch) {
        stream->Write(response);
      }
      fake_.WaitForEnd(*context);
      return grpc::Status::OK;
    }

   private:
    FakeEtcd& fake_;
  };

  const Answers answers_;
  absl::Notification stop_;
  KvService kv_{*this};
  LeaseService lease_{*this};
  WatchService watch_{*this};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ETCD_FAKE_ETCD_H_
