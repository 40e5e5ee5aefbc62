#include "sandbox/request_workers.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::sandbox {
namespace {

// Enough for the handler, and for many threads in little memory.
constexpr size_t kStackBytes = 256 << 10;

// The size of a body that takes long to handle: a millisecond or more.
constexpr size_t kLargeBodyBytes = 256 << 10;

constexpr absl::string_view kHugeBegin = R"({"output":")";
constexpr absl::string_view kHugeEnd = R"("})";

Request ToRequest(IncomingRequest incoming) {
  Request request;
  request.method = std::move(incoming.head.method);
  const std::string& target = incoming.head.target;
  const size_t query_at = target.find('?');
  request.path = target.substr(0, query_at);
  if (query_at != std::string::npos) {
    request.query = target.substr(query_at + 1);
  }
  request.headers = std::move(incoming.head.headers);
  request.body = std::move(incoming.body);
  request.peer = std::move(incoming.peer);
  request.oversized = incoming.failure == HttpFailure::kBodyTooLarge;
  return request;
}

ServerResponse ToServerResponse(Response response) {
  ServerResponse sent;
  sent.status = response.status;
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&sent.headers, name, ": ", value, "\r\n");
  }
  sent.body = std::move(response.body);
  sent.close = response.close;
  switch (response.delivery) {
    case Delivery::kWhole:
      break;
    case Delivery::kCut:
      // Truncates even an empty body.
      sent.announced_length = static_cast<int64_t>(sent.body.size()) + 2;
      sent.body.resize(sent.body.size() / 2);
      sent.close = true;
      break;
    case Delivery::kHuge:
      sent.body = std::string(kHugeBegin);
      sent.tail = std::string(kHugeEnd);
      sent.padding_bytes = response.huge_bytes - sent.body_bytes();
      break;
    case Delivery::kNone:
      sent.status = 0;
      break;
  }
  return sent;
}

}  // namespace

RequestWorkers::RequestWorkers(RequestHandler& handler, size_t max_threads)
    : handler_(handler), max_threads_(max_threads) {}

RequestWorkers::~RequestWorkers() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
}

void RequestWorkers::Handle(IncomingRequest incoming, HttpResponder responder) {
  const auto respond = [&responder](Response response) {
    responder.Respond(ToServerResponse(std::move(response)));
  };
  const auto failure = incoming.failure;
  if (failure == HttpFailure::kMalformed) {
    return respond(handler_.HandleMalformed(400));
  }
  if (failure == HttpFailure::kHeadTooLarge) {
    return respond(handler_.HandleMalformed(431));
  }
  Request request = ToRequest(std::move(incoming));
  if (request.body.size() < kLargeBodyBytes && !handler_.MayWait(request)) {
    return respond(handler_.Handle(request));
  }
  bool all_busy = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.emplace_back(std::move(request), std::move(responder));
    all_busy = jobs_.size() > idle_;
  }
  if (all_busy && threads_.size() < max_threads_) StartThread();
  changed_.notify_one();
}

void RequestWorkers::StartThread() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const auto run = [](void* self) -> void* {
    static_cast<RequestWorkers*>(self)->Run();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, run, this) == 0) {
    threads_.push_back(thread);
  }
  pthread_attr_destroy(&attributes);
}

void RequestWorkers::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    --idle_;
    if (stopping_) return;
    const auto [request, responder] = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    responder.Respond(ToServerResponse(handler_.Handle(request)));
    lock.lock();
  }
}

}  // namespace wriftai::sandbox
