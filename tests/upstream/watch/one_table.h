#ifndef WRIFTAI_TESTS_UPSTREAM_WATCH_ONE_TABLE_H_
#define WRIFTAI_TESTS_UPSTREAM_WATCH_ONE_TABLE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "upstream/watch/poll_observer.h"
#include "upstream/watch/watch_table.h"

namespace wriftai {

// For polls whose effect on the upstream's health does not matter.
class IgnoringPollObserver : public PollObserver {
 public:
  void OnUpstreamResponse() override {}
  void OnPollFailed(absl::string_view, PollCircuitBreaker::Standing,
                    const absl::Status&, absl::Time, absl::Duration) override {}
};

// The watches of one token, without polls: the test applies what they show.
class OneTableTest : public ::testing::Test, private WebhookFeed::Listener {
 protected:
  static constexpr char kId[] = "1";
  static constexpr absl::Duration kWebhookInterval = absl::Seconds(30);

  PollTarget& Subscribe(const std::string& id = kId,
                        absl::Duration interval = absl::Seconds(1),
                        bool contended = false) {
    WatchOptions options;
    options.poll_interval = interval;
    table_.Subscribe(id, options, observer_, nullptr, contended);
    return *table_.Find(id);
  }

  // A request that was sent at `requested` shows the prediction now.
  void Show(v1::Source source, const char* status, const Instant& requested,
            int updated = 0, const char* id = kId) {
    table_.Apply(Observation(MakePrediction(id, status, updated), source,
                             requested, now()));
  }

  Instant now() const { return event_loop_.ThisInstant(); }

  ManualEventLoop event_loop_;
  SnapshotCache cache_{SnapshotCache::Options(), event_loop_};
  WebhookFeed webhooks_{{true, kWebhookInterval}, event_loop_, *this};
  RecentCreates recent_creates_{event_loop_};
  WatchStats stats_;
  PollTrace* poll_trace_ = nullptr;
  uint64_t next_waiter_ = 0;
  const std::shared_ptr<const Credential> token_ = MakeCredential("token");
  WatchTable table_{token_,
                    {event_loop_, cache_, webhooks_, recent_creates_, stats_,
                     poll_trace_, next_waiter_},
                    [] {}};
  RecordingObserver observer_;

 private:
  void OnEvent(const std::string&, const v1::Prediction&) override {}
  void OnEventMissed() override {}
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_WATCH_ONE_TABLE_H_
