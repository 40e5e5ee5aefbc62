#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_RESPONDER_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_RESPONDER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/http_server/server_response.h"
#include "base/mutex.h"
#include "base/unique_fd.h"

namespace wriftai {

// Responses on their way to the server's thread, by connection id. That thread
// calls Take() until it is empty, and then waits for fd().
//
// Threads: any. Bound: one response for each connection. Fails: never.
class ResponseQueue {
 public:
  using Entry = std::pair<uint64_t, SharedResponse>;

  ResponseQueue();

  // Readable after Wake(), and after Post() if the last Take() was empty, until
  // ClearWake().
  int fd() const { return wake_.get(); }

  void Post(uint64_t id, SharedResponse response);
  std::vector<Entry> Take();
  void Wake() const;
  void ClearWake() const;

 private:
  const UniqueFd wake_;
  Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  bool is_asleep_ ABSL_GUARDED_BY(mutex_) = true;  // The server's thread.
};

// Sends the response to one request. The connection waits for it without a time
// limit, so it must be called exactly once.
//
// Threads: any, one at a time. It may outlive the server; the response is then
// dropped.
class HttpResponder {
 public:
  HttpResponder(std::shared_ptr<ResponseQueue> queue, uint64_t id)
      : queue_(std::move(queue)), id_(id) {}

  void Respond(SharedResponse response) const {
    queue_->Post(id_, std::move(response));
  }
  void Respond(ServerResponse response) const {
    Respond(std::make_shared<const ServerResponse>(std::move(response)));
  }

 private:
  std::shared_ptr<ResponseQueue> queue_;
  uint64_t id_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_RESPONDER_H_
