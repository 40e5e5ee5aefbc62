#include "tests/client/fake_gateway.h"

#include <chrono>

#include "absl/strings/str_cat.h"

namespace wriftai::client {
namespace {

const grpc::Status kNoScript(grpc::StatusCode::UNIMPLEMENTED,
                             "nothing scripted");

}  // namespace

// A stream is either writing, or held (in held_), or finished. The code that
// removes it from held_ must advance or finish it.
class FakeGateway::Stream
    : public grpc::ServerWriteReactor<v1::PredictionUpdate> {
 public:
  Stream(FakeGateway& gateway, StreamScript script)
      : gateway_(gateway), script_(std::move(script)) {}

  void Advance() {
    if (next_ == script_.steps.size()) return Finish(script_.end);
    const auto& step = script_.steps[next_++];
    if (step.has_value()) return StartWrite(&*step);
    {
      MutexLock lock(gateway_.mutex_);
      if (!cancelled_) {
        gateway_.held_.insert(this);
        return;
      }
    }
    Finish(grpc::Status::CANCELLED);
  }

  void OnWriteDone(bool ok) override {
    if (ok) return Advance();
    Finish(grpc::Status::CANCELLED);
  }

  void OnCancel() override {
    {
      MutexLock lock(gateway_.mutex_);
      cancelled_ = true;
      if (gateway_.held_.erase(this) == 0) return;
    }
    Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  FakeGateway& gateway_;
  const StreamScript script_;
  size_t next_ = 0;
  bool cancelled_ = false;  // Guarded by gateway_.mutex_.
};

FakeGateway::FakeGateway(std::shared_ptr<grpc::ServerCredentials> credentials)
    : credentials_(std::move(credentials)) {
  Start(0);
}

FakeGateway::~FakeGateway() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

void FakeGateway::Start(int port) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), credentials_,
                           &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

void FakeGateway::Restart() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  Start(port_);
}

std::string FakeGateway::address() const {
  return absl::StrCat("127.0.0.1:", port_);
}

void FakeGateway::OnGet(grpc::Status status, v1::Prediction response) {
  MutexLock lock(mutex_);
  gets_.emplace_back(std::move(status), std::move(response));
}

void FakeGateway::OnCreate(grpc::Status status, v1::Prediction response) {
  MutexLock lock(mutex_);
  creates_.emplace_back(std::move(status), std::move(response));
}

void FakeGateway::OnCancel(grpc::Status status) {
  MutexLock lock(mutex_);
  cancels_.emplace_back(std::move(status), v1::CancelResponse());
}

void FakeGateway::OnList(grpc::Status status, v1::ListResponse response) {
  MutexLock lock(mutex_);
  lists_.emplace_back(std::move(status), std::move(response));
}

void FakeGateway::OnWait(StreamScript script) {
  MutexLock lock(mutex_);
  waits_.push_back(std::move(script));
}

void FakeGateway::OnCreateAndWait(StreamScript script) {
  MutexLock lock(mutex_);
  creates_and_waits_.push_back(std::move(script));
}

void FakeGateway::Release() {
  std::set<Stream*> held;
  {
    MutexLock lock(mutex_);
    held.swap(held_);
  }
  for (Stream* const stream : held) stream->Advance();
}

std::vector<std::string> FakeGateway::calls() const {
  MutexLock lock(mutex_);
  return calls_;
}

std::vector<std::string> FakeGateway::authorizations() const {
  MutexLock lock(mutex_);
  return authorizations_;
}

void FakeGateway::Record(const grpc::CallbackServerContext& context,
                         const std::string& method,
                         const google::protobuf::Message& request) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("authorization");
  calls_.push_back(absl::StrCat(method, " ", request.ShortDebugString()));
  authorizations_.push_back(
      found == metadata.end()
          ? "-"
          : std::string(found->second.data(), found->second.size()));
}

template <typename Response>
grpc::ServerUnaryReactor* FakeGateway::Respond(
    grpc::CallbackServerContext& context, Responses<Response>& responses,
    Response* response) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  if (responses.empty()) {
    reactor->Finish(kNoScript);
    return reactor;
  }
  auto [status, scripted] = std::move(responses.front());
  responses.pop_front();
  *response = std::move(scripted);
  reactor->Finish(status);
  return reactor;
}

FakeGateway::Stream* FakeGateway::Play(std::deque<StreamScript>& scripts) {
  if (scripts.empty()) return new Stream(*this, {{}, kNoScript});
  auto* const stream = new Stream(*this, std::move(scripts.front()));
  scripts.pop_front();
  return stream;
}

grpc::ServerUnaryReactor* FakeGateway::Get(grpc::CallbackServerContext* context,
                                           const v1::GetRequest* request,
                                           v1::Prediction* response) {
  MutexLock lock(mutex_);
  Record(*context, "Get", *request);
  return Respond(*context, gets_, response);
}

grpc::ServerUnaryReactor* FakeGateway::Create(
    grpc::CallbackServerContext* context, const v1::CreateRequest* request,
    v1::Prediction* response) {
  MutexLock lock(mutex_);
  Record(*context, "Create", *request);
  return Respond(*context, creates_, response);
}

grpc::ServerUnaryReactor* FakeGateway::List(
    grpc::CallbackServerContext* context, const v1::ListRequest* request,
    v1::ListResponse* response) {
  MutexLock lock(mutex_);
  Record(*context, "List", *request);
  return Respond(*context, lists_, response);
}

grpc::ServerUnaryReactor* FakeGateway::Cancel(
    grpc::CallbackServerContext* context, const v1::CancelRequest* request,
    v1::CancelResponse* response) {
  MutexLock lock(mutex_);
  Record(*context, "Cancel", *request);
  return Respond(*context, cancels_, response);
}

grpc::ServerWriteReactor<v1::PredictionUpdate>* FakeGateway::Wait(
    grpc::CallbackServerContext* context, const v1::WaitRequest* request) {
  Stream* stream = nullptr;
  {
    MutexLock lock(mutex_);
    Record(*context, "Wait", *request);
    stream = Play(waits_);
  }
  stream->Advance();
  return stream;
}

grpc::ServerWriteReactor<v1::PredictionUpdate>* FakeGateway::CreateAndWait(
    grpc::CallbackServerContext* context,
    const v1::CreateAndWaitRequest* request) {
  Stream* stream = nullptr;
  {
    MutexLock lock(mutex_);
    Record(*context, "CreateAndWait", *request);
    stream = Play(creates_and_waits_);
  }
  stream->Advance();
  return stream;
}

}  // namespace wriftai::client
