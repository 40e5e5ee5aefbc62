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

// What the watches know about webhooks: whose an event is, whether it brings
// anything new, and how far the next ones are to be relied on.
//
// Threads: loop. Owns: the proofs, the events that came too early. EventLoop
// must outlive it. Fails: never.
class WebhookFeed {
 public:
  struct Options {
    // False: no webhooks come, and nothing is kept for their sake.
    bool enabled = false;
    // How often a prediction is polled at first that webhooks tell of; see
    // WebhookReliability for where it goes from there. One that was lost delays
    // the end by so much: a cold start takes longer.
    absl::Duration poll_interval = absl::Seconds(30);
  };

  // A state that is newer than this may have its event on the way still: the
  // upstream tries again after a second. Finding it is no miss.
  static constexpr absl::Duration kDelivery = absl::Seconds(2);

  WebhookFeed(const Options& options, EventLoop& event_loop)
      : enabled_(options.enabled),
        trust_(options.poll_interval),
        ownership_(event_loop),
        early_(event_loop) {}

  // The credential's own call has brought the prediction. Returns the event of
  // it that came before; null where none did, or where it has been returned.
  UnclaimedEventBuffer::Event RecordOwner(const std::string& credential_key,
                                          const std::string& id);

  // The keys of those whom `event` is for. With none it is kept for a while.
  std::vector<std::string> Take(const UnclaimedEventBuffer::Event& event);

  // Whether `event` brings anything new to one who knows `known` (may be null).
  bool ShouldApply(const std::string& credential_key, const SnapshotPtr& known,
                   const v1::Prediction& event);

  // It was created with the gateway's own webhook.
  void MarkCovered(const std::string& credential_key, const std::string& id) {
    ownership_.set_covered(credential_key, id, true);
  }
  bool covered(const std::string& credential_key, const std::string& id) const {
    return ownership_.covered(credential_key, id);
  }

  // A poll has shown what no event had told, or that there was nothing to tell.
  void OnMissed(const std::string& credential_key, const std::string& id);
  void OnConfirmed() { ++stats_.confirmed; }

  // Called when less is relied on than before: polls are due sooner.
  void set_on_missed(std::function<void()> on_missed) {
    on_missed_ = std::move(on_missed);
  }

  void Forget(const std::string& credential_key) {
    ownership_.Forget(credential_key);
  }

  const WebhookReliability& trust() const { return trust_; }
  WebhookStats stats() const;
  size_t proven_count() const { return ownership_.size(); }

 private:
  const bool enabled_;
  WebhookReliability trust_;
  OwnershipIndex ownership_;
  UnclaimedEventBuffer early_;
  WebhookStats stats_;
  std::function<void()> on_missed_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_
