#ifndef WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_
#define WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/watch/ownership_index.h"
#include "upstream/watch/snapshot.h"
#include "upstream/watch/unclaimed_event_buffer.h"
#include "upstream/watch/webhook_poll_backoff.h"
#include "upstream/watch/webhook_stats.h"

namespace wriftai {

// Webhook state shared by all watches: who owns an event, whether it is new,
// and how reliable deliveries are.
//
// Threads: loop. Owns: the ownership index and the unclaimed events. The event
// loop must outlive it. Fails: never.
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

  // The event of a state newer than this may still be on its way, since the
  // upstream retries after a second. So it does not count as missed.
  static constexpr absl::Duration kDeliveryGrace = absl::Seconds(2);

  WebhookFeed(const Options& options, EventLoop& event_loop)
      : enabled_(options.enabled),
        reliability_(options.poll_interval),
        ownership_(event_loop),
        unclaimed_(event_loop) {}

  // The credential's own call returned the prediction. Returns its unclaimed
  // event; null if none exists, or if the credential was already an owner.
  UnclaimedEventBuffer::Event RecordOwner(const std::string& credential_key,
                                          const std::string& id);

  // Returns the keys of the credentials that own the prediction of `event`.
  // Without any, the event is buffered for a while.
  std::vector<std::string> Route(const UnclaimedEventBuffer::Event& event);

  // Whether `event` is newer than the credential's `known` state, which may be
  // null.
  bool ShouldApply(const std::string& credential_key, const SnapshotPtr& known,
                   const v1::Prediction& event);

  // The prediction was created with the gateway's own webhook.
  void MarkWebhookActive(const std::string& credential_key,
                         const std::string& id) {
    ownership_.set_webhook_active(credential_key, id, true);
  }
  bool webhook_active(const std::string& credential_key,
                      const std::string& id) const {
    return ownership_.webhook_active(credential_key, id);
  }

  // A poll found a change without an event, or that no event was missed.
  void OnMissed(const std::string& credential_key, const std::string& id);
  void OnConfirmed() { ++stats_.confirmed; }

  // `on_missed` runs after a missed event, which makes polls due sooner.
  void set_on_missed(std::function<void()> on_missed) {
    on_missed_ = std::move(on_missed);
  }

  void Evict(const std::string& credential_key) {
    ownership_.Evict(credential_key);
  }

  const WebhookReliability& reliability() const { return reliability_; }
  WebhookStats stats() const;
  size_t ownership_count() const { return ownership_.size(); }

 private:
  const bool enabled_;
  WebhookReliability reliability_;
  OwnershipIndex ownership_;
  UnclaimedEventBuffer unclaimed_;
  WebhookStats stats_;
  std::function<void()> on_missed_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_
