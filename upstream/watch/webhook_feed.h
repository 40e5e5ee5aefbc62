#ifndef WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_
#define WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "upstream/core/scheduler.h"
#include "upstream/watch/early_events.h"
#include "upstream/watch/proven_owners.h"
#include "upstream/watch/snapshot.h"
#include "upstream/watch/webhook_cover.h"
#include "upstream/watch/webhook_stats.h"

namespace wriftai {

// What the watches know about webhooks: whose an event is, whether it brings
// anything new, and how far the next ones are to be relied on.
//
// Threads: loop. Owns: the proofs, the events that came too early. Scheduler
// must outlive it. Fails: never.
class WebhookFeed {
 public:
  struct Options {
    // False: no webhooks come, and nothing is kept for their sake.
    bool enabled = false;
    // How often a prediction is polled at first that webhooks tell of; see
    // WebhookTrust for where it goes from there. One that was lost delays the
    // end by so much: a cold start takes longer.
    absl::Duration poll_interval = absl::Seconds(30);
  };

  // A state that is newer than this may have its event on the way still: the
  // upstream tries again after a second. Finding it is no miss.
  static constexpr absl::Duration kDelivery = absl::Seconds(2);

  WebhookFeed(const Options& options, Scheduler& scheduler)
      : enabled_(options.enabled),
        trust_(options.poll_interval),
        proven_(scheduler),
        early_(scheduler) {}

  // The credential's own call has brought the prediction. Returns the event of
  // it that came before; null where none did, or where it has been returned.
  EarlyEvents::Event Prove(const std::string& credential_key,
                           const std::string& id);

  // The keys of those whom `event` is for. With none it is kept for a while.
  std::vector<std::string> Take(const EarlyEvents::Event& event);

  // Whether `event` brings anything new to one who knows `known` (may be null).
  bool Judge(const std::string& credential_key, const SnapshotPtr& known,
             const v1::Prediction& event);

  // It was created with the gateway's own webhook.
  void Cover(const std::string& credential_key, const std::string& id) {
    proven_.set_covered(credential_key, id, true);
  }
  bool covered(const std::string& credential_key, const std::string& id) const {
    return proven_.covered(credential_key, id);
  }

  // A poll has shown what no event had told, or that there was nothing to tell.
  void OnMissed(const std::string& credential_key, const std::string& id);
  void OnConfirmed() { ++stats_.confirmed; }

  // Called when less is relied on than before: polls are due sooner.
  void set_on_missed(std::function<void()> on_missed) {
    on_missed_ = std::move(on_missed);
  }

  void Forget(const std::string& credential_key) {
    proven_.Forget(credential_key);
  }

  const WebhookTrust& trust() const { return trust_; }
  WebhookStats stats() const;
  size_t proven_count() const { return proven_.size(); }

 private:
  const bool enabled_;
  WebhookTrust trust_;
  ProvenOwners proven_;
  EarlyEvents early_;
  WebhookStats stats_;
  std::function<void()> on_missed_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_WEBHOOK_FEED_H_
