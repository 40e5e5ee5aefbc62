#ifndef WRIFTAI_TESTS_CLIENT_FAKE_GATEWAY_H_
#define WRIFTAI_TESTS_CLIENT_FAKE_GATEWAY_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "proto/predictions.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai::client {

// The script of one stream, which sends its steps and then ends. A step without
// an update holds the stream until Release() or until the client cancels.
struct StreamScript {
  std::vector<std::optional<v1::PredictionUpdate>> steps;
  grpc::Status end;
};

// A real gRPC server that responds to each call by the next script of its
// method. A call without a script ends with UNIMPLEMENTED.
//
// Threads: any. Owns: the server; the destructor cancels the calls.
class FakeGateway : public v1::Predictions::CallbackService {
 public:
  explicit FakeGateway(std::shared_ptr<grpc::ServerCredentials> credentials =
                           grpc::InsecureServerCredentials());
  ~FakeGateway() override;

  int port() const { return port_; }
  std::string address() const;

  void OnGet(grpc::Status status, v1::Prediction response = {});
  void OnCreate(grpc::Status status, v1::Prediction response = {});
  void OnCancel(grpc::Status status);
  void OnList(grpc::Status status, v1::ListResponse response = {});
  void OnWait(StreamScript script);
  void OnCreateAndWait(StreamScript script);

  // Closes the connections and listens again at the same address.
  void Restart();

  // Resumes the held streams.
  void Release();

  // "Method request" in protobuf's text form, in the order of arrival.
  std::vector<std::string> calls() const;

  // The authorization metadata of each call, "-" if there was none.
  std::vector<std::string> authorizations() const;

 private:
  class Stream;
  template <typename Response>
  using Responses = std::deque<std::pair<grpc::Status, Response>>;

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const v1::GetRequest* request,
                                v1::Prediction* response) override;
  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const v1::CreateRequest* request,
                                   v1::Prediction* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListRequest* request,
                                 v1::ListResponse* response) override;
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context,
                                   const v1::CancelRequest* request,
                                   v1::CancelResponse* response) override;
  grpc::ServerWriteReactor<v1::PredictionUpdate>* Wait(
      grpc::CallbackServerContext* context,
      const v1::WaitRequest* request) override;
  grpc::ServerWriteReactor<v1::PredictionUpdate>* CreateAndWait(
      grpc::CallbackServerContext* context,
      const v1::CreateAndWaitRequest* request) override;

  void Start(int port);
  void Record(const grpc::CallbackServerContext& context,
              const std::string& method,
              const google::protobuf::Message& request)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Response>
  grpc::ServerUnaryReactor* Respond(grpc::CallbackServerContext& context,
                                    Responses<Response>& responses,
                                    Response* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Stream* Play(std::deque<StreamScript>& scripts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;

  mutable Mutex mutex_;
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> authorizations_ ABSL_GUARDED_BY(mutex_);
  std::set<Stream*> held_ ABSL_GUARDED_BY(mutex_);
  Responses<v1::Prediction> gets_ ABSL_GUARDED_BY(mutex_);
  Responses<v1::Prediction> creates_ ABSL_GUARDED_BY(mutex_);
  Responses<v1::ListResponse> lists_ ABSL_GUARDED_BY(mutex_);
  Responses<v1::CancelResponse> cancels_ ABSL_GUARDED_BY(mutex_);
  std::deque<StreamScript> waits_ ABSL_GUARDED_BY(mutex_);
  std::deque<StreamScript> creates_and_waits_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_FAKE_GATEWAY_H_
