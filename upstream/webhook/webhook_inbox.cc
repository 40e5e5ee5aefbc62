#include "upstream/webhook/webhook_inbox.h"

#include <utility>

namespace wriftai {

WebhookInbox::WebhookInbox(Options options, EventLoop& event_loop,
                           Deliver deliver)
    : options_(options),
      event_loop_(event_loop),
      state_(std::make_shared<State>()) {
  state_->deliver = std::move(deliver);
}

WebhookInbox::~WebhookInbox() { state_->deliver = nullptr; }

bool WebhookInbox::TryPush(v1::Prediction prediction) {
  const size_t bytes = prediction.ByteSizeLong();
  {
    MutexLock lock(state_->mutex);
    if (state_->events >= options_.max_events ||
        bytes > options_.max_bytes - state_->bytes) {
      return false;
    }
    ++state_->events;
    state_->bytes += bytes;
  }
  event_loop_.Post(
      [state = state_, bytes, prediction = std::move(prediction)]() mutable {
        {
          MutexLock lock(state->mutex);
          --state->events;
          state->bytes -= bytes;
        }
        if (state->deliver) state->deliver(std::move(prediction));
      });
  return true;
}

}  // namespace wriftai
