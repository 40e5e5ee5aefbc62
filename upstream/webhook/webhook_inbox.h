#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INBOX_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_INBOX_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "base/event_loop.h"
#include "base/mutex.h"
#include "upstream/webhook/webhook_sink.h"

namespace wriftai {

// Takes what webhooks bring over to the loop, and refuses it while the loop is
// behind.
//
// Threads: OnWebhook() any, `deliver` on the loop; constructor and destructor
// on the loop or while it is not told anything. After the destructor `deliver`
// is not called. `event_loop` must outlive it. Fails: by refusing.
class WebhookInbox final : public WebhookSink {
 public:
  struct Options {
    // The loop takes each in microseconds: so many mean that it stands still.
    size_t max_events = 1024;
    // Sixteen of the largest.
    size_t max_bytes = 64 << 20;
  };
  using Deliver = std::function<void(v1::Prediction)>;

  WebhookInbox(Options options, EventLoop& event_loop, Deliver deliver);
  ~WebhookInbox() override;

  bool OnWebhook(v1::Prediction prediction) override;

 private:
  // Shared with the tasks that are posted, which may outlive the inbox.
  struct State {
    Deliver deliver;  // On the loop alone; empty once the inbox is gone.
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
