#include "base/http_server/http_responder.h"

#include <sys/eventfd.h>

namespace wriftai {

ResponseQueue::ResponseQueue()
    : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void ResponseQueue::Post(uint64_t id, SharedResponse response) {
  bool was_asleep = false;
  {
    MutexLock lock(mutex_);
    entries_.emplace_back(id, std::move(response));
    was_asleep = std::exchange(is_asleep_, false);
  }
  if (was_asleep) Wake();
}

void ResponseQueue::Wake() const { eventfd_write(wake_.get(), 1); }

void ResponseQueue::ClearWake() const {
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
}

std::vector<ResponseQueue::Entry> ResponseQueue::Take() {
  std::vector<Entry> entries;
  MutexLock lock(mutex_);
  entries.swap(entries_);
  is_asleep_ = entries.empty();
  return entries;
}

}  // namespace wriftai
