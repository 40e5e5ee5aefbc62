#ifndef WRIFTAI_SERVICE_ETCD_LOOP_LINK_H_
#define WRIFTAI_SERVICE_ETCD_LOOP_LINK_H_

#include <memory>
#include <utility>

#include "base/event_loop.h"

namespace wriftai {

// Posts to the loop for an object that lives there. Tasks that run after it has
// closed the link are destroyed instead, also on the loop.
//
// Threads: any; Close() and tasks, loop. EventLoop must outlive all posts.
// Fails: never.
class LoopLink : public std::enable_shared_from_this<LoopLink> {
 public:
  explicit LoopLink(EventLoop& event_loop) : event_loop_(event_loop) {}

  void Post(EventLoop::Task task) {
    event_loop_.Post(
        [self = shared_from_this(), task = std::move(task)]() mutable {
          if (!self->closed_) task();
        });
  }

  void Close() { closed_ = true; }

 private:
  EventLoop& event_loop_;
  bool closed_ = false;  // Loop only.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_LOOP_LINK_H_
