#include "service/admin/page_thread.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai {

ServerResponse PageResponse::ToHttp() && {
  ServerResponse response;
  response.status = status;
  response.headers = absl::StrCat("content-type: ", content_type,
                                  "\r\ncache-control: no-store\r\n", headers);
  response.body = std::move(body);
  return response;
}

PageThread::PageThread(Page page) : page_(std::move(page)) {
  thread_ = std::thread([this] { Run(); });
}

PageThread::~PageThread() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void PageThread::Request(HttpResponder responder, const std::string& query) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_[query].push_back(std::move(responder));
  }
  changed_.notify_one();
}

void PageThread::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const auto next = waiting_.extract(waiting_.begin());
    lock.unlock();
    const auto response =
        std::make_shared<const ServerResponse>(page_(next.key()).ToHttp());
    for (const HttpResponder& responder : next.mapped()) {
      responder.Respond(response);
    }
    lock.lock();
  }
}

}  // namespace wriftai
