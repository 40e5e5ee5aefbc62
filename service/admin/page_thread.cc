#include "service/admin/page_thread.h"

#include <utility>

namespace wriftai {

PageThread::PageThread(AdminServer::Page page, Done done)
    : page_(std::move(page)), done_(std::move(done)) {
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

void PageThread::Request(uint64_t id, const std::string& query) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_[query].push_back(id);
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
    done_(next.mapped(),
          std::make_shared<const AdminServer::Response>(page_(next.key())));
    lock.lock();
  }
}

}  // namespace wriftai
