#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "upstream/core/call.h"
#include "upstream/watch/model_history.h"
#include "upstream/watch/prediction_watch.h"
#include "upstream/watch/webhook_cover.h"

namespace wriftai {

// A watch, and what the polls for it need to know. All times but `created` are
// of Scheduler::Now()'s clock.
//
// Threads: loop. Owns: the watch, its GET under way.
struct PollTarget {
  PollTarget(std::string id, SnapshotPtr known, absl::Time now,
             Scheduler& scheduler)
      : watch(std::move(id), std::move(known), scheduler), joined_at(now) {
    if (watch.newest() != nullptr) {
      seen_at = asked_at = watch.newest()->learnt_at;
      created = CreatedAt(watch.newest()->prediction);
    }
  }

  // Whether a request of its own, or a page that should show it, is under way.
  bool under_way() const { return get != nullptr || on_page; }
  bool seen() const { return seen_at != absl::InfinitePast(); }

  // How often it is to be asked for: as its waiters want, or more rarely while
  // webhooks tell of it.
  absl::Duration interval() const {
    return std::max(watch.interval(), cover.interval());
  }

  // When it is to be asked for again, other targets aside.
  absl::Time DueAt() const {
    if (under_way() || watch.idle() || watch.ended()) {
      return absl::InfiniteFuture();
    }
    if (ended || !seen()) return not_before;
    return std::max(not_before, asked_at + interval());
  }

  PredictionWatch watch;
  const absl::Time joined_at;
  absl::Time created = absl::InfinitePast();   // As the upstream says.
  absl::Time seen_at = absl::InfinitePast();   // A state was observed.
  absl::Time asked_at = absl::InfinitePast();  // The question for it was sent.
  absl::Time not_before = absl::InfinitePast();
  int failures = 0;  // In a row.
  // A page has shown the end, at that time; the output is still to be fetched.
  bool ended = false;
  absl::Time ended_at;
  // A page that should have shown it did not: only a GET can tell.
  bool missed = false;
  bool on_page = false;
  WebhookCover cover;
  CallHandle get;
};

// By id.
using PollTargets = std::map<std::string, std::unique_ptr<PollTarget>>;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_TARGET_H_
