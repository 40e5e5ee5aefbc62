#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_FEED_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_FEED_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/webhook/ownership_index.h"
#include "upstream/webhook/unclaimed_event_buffer.h"
#include "upstream/webhook/webhook_poll_backoff.h"
#include "upstream/webhook/webhook_stats.h"

namespace wriftai {

// All that the watches know of webhooks: passes each event to the credentials
// that own its prediction, and says how rarely such a prediction needs polls.
// Shared by all credentials.
//
// Threads: loop. Owns: the ownership index and the unclaimed events. The event
// loop and the listener must outlive it. Fails: never.
class WebhookFeed {
 public:
  struct Options {
    // If false, there are no webhooks and nothing is recorded.
    bool enabled = false;
    // Initial poll interval of a prediction with active webhooks; see
    // WebhookReliability for how it adapts. A lost event delays the end by as
    // much, which is less than a cold start takes.
    absl::Duration poll_interval = absl::Seconds(30);
  };

  // The poll interval of one watched prediction with active webhooks.
  using Backoff = WebhookPollBackoff;

  class Listener {
   public:
    virtual ~Listener() = default;

    // An event of a prediction that the credential owns. It may be old news.
    virtual void OnEvent(const std::string& credential_key,
                         const v1::Prediction& event) = 0;

    // An event was missed, so the polls of all predictions with active webhooks
    // may be due sooner than before.
    virtual void OnEventMissed() = 0;
  };

  // The event of a state newer than this may still be on its way, since the
  // upstream retries after a second. So it does not count as missed.
  static constexpr absl::Duration kDeliveryGrace = absl::Seconds(2);

  WebhookFeed(const Options& options, EventLoop& event_loop, Listener& listener)
      : enabled_(options.enabled),
        event_loop_(event_loop),
        listener_(listener),
        reliability_(options.poll_interval),
        ownership_(event_loop),
        unclaimed_(event_loop) {}

  // Passes an event to the owners of its prediction. If none is known, it is
  // kept for a while, for a credential whose own call succeeds shortly after.
  void Publish(v1::Prediction event);

  // The credential's own call returned the prediction `id`, so it may see its
  // events. If that is new, passes on the event that was kept for it.
  void RecordOwner(const std::string& credential_key, const std::string& id);

  // The prediction was created with the gateway's own webhook.
  void MarkActive(const std::string& credential_key, const std::string& id) {
    ownership_.set_webhook_active(credential_key, id, true);
  }

  // For a prediction that is watched from now on. Inactive if no events are
  // expected.
  Backoff StartBackoff(const std::string& credential_key,
                       const std::string& id) const;

  // Whether `event` is newer than the credential's `known` state, which may be
  // null. `backoff`: of the prediction if it is watched, otherwise null.
  bool Accept(const std::string& credential_key, const v1::Prediction* known,
              const v1::Prediction& event, Backoff* backoff);

  // A poll or a call showed `shown` of a watched prediction, of which `known`
  // was the newest state. Ends `backoff` if an event was missed. `was_due`: the
  // time for a poll had come, so the lack of a change confirms the webhooks.
  void CheckMissed(const std::string& credential_key,
                   const v1::Prediction& known, const v1::Prediction& shown,
                   bool was_due, Backoff& backoff);

  // The credential's token was rejected: drops its ownerships.
  void Evict(const std::string& credential_key) {
    ownership_.Evict(credential_key);
  }

  // For metrics. The maximum interval is that of all predictions.
  absl::Duration max_poll_interval() const { return reliability_.interval(); }
  WebhookStats stats() const;
  size_t ownership_count() const { return ownership_.size(); }

 private:
  const bool enabled_;
  const EventLoop& event_loop_;
  Listener& listener_;
  WebhookReliability reliability_;
  OwnershipIndex ownership_;
  UnclaimedEventBuffer unclaimed_;
  WebhookStats stats_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_FEED_H_
