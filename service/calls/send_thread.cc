#include "service/calls/send_thread.h"

#include <utility>

#include "base/thread_scheduling.h"

namespace wriftai {

SendThread::SendThread() {
  sem_init(&added_, 0, 0);
  thread_ = std::thread([this] { RunThread(); });
}

SendThread::~SendThread() {
  sem_post(&added_);
  thread_.join();
  sem_destroy(&added_);
}

void SendThread::Run(Send send) {
  {
    const MutexLock lock(mutex_);
    sends_.push_back(std::move(send));
  }
  sem_post(&added_);
}

void SendThread::RunThread() {
  // Less than the workers: until a message is sent, it takes memory.
  LowerPriority(5);
  for (;;) {
    while (sem_wait(&added_) != 0) {
      // A signal has interrupted it.
    }
    Send send = Next();
    if (send == nullptr) return;
    send();
  }
}

SendThread::Send SendThread::Next() {
  const MutexLock lock(mutex_);
  if (sends_.empty()) return nullptr;
  Send send = std::move(sends_.front());
  sends_.pop_front();
  return send;
}

}  // namespace wriftai
