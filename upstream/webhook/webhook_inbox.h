#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INBOX_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INBOX_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "base/event_loop.h"
#include "base/mutex.h"
#include "upstream/webhook/webhook_sink.h"

namespace wriftai {

// Hands webhook events over to the loop. Rejects them while the loop is behind.
//
// Threads: TryPush() any, `deliver` on the loop; constructor and destructor
// on the loop, or while no thread calls it. Never calls `deliver` after the
// destructor. `event_loop` must outlive it. Fails: by rejecting events.
class WebhookInbox final : public WebhookSink {
 public:
  struct Options {
    // The loop handles each in microseconds, so this many mean it is blocked.
    size_t max_events = 1024;
    // Sixteen of the largest events.
    size_t max_bytes = 64 << 20;
  };
  using Deliver = std::function<void(v1::Prediction)>;

  WebhookInbox(Options options, EventLoop& event_loop, Deliver deliver);
  ~WebhookInbox() override;

  bool TryPush(v1::Prediction prediction) override;

 private:
  // Shared with the posted tasks, which may outlive the inbox.
  struct State {
    Deliver deliver;  // Loop only; empty after the inbox is destroyed.
    Mutex mutex;
    size_t events ABSL_GUARDED_BY(mutex) = 0;
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };

  const Options options_;
  EventLoop& event_loop_;
  const std::shared_ptr<State> state_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INBOX_H_
