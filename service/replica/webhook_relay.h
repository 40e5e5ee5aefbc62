#ifndef WRIFTAI_SERVICE_REPLICA_WEBHOOK_RELAY_H_
#define WRIFTAI_SERVICE_REPLICA_WEBHOOK_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "base/mutex.h"
#include "proto/predictions.h"
#include "service/replica/replica_numbers.h"
#include "upstream/http/http_transport.h"
#include "upstream/webhook/webhook_sink.h"

namespace wriftai {

// Where a delivery for a credential must go.
struct WebhookRoute {
  enum class Target {
    kHere,     // This replica owns the credential.
    kOther,    // The one whose webhook port is at `address` does.
    kNobody,   // No replica does, yet.
    kNowhere,  // Its owner has no webhook port.
  };
  Target target = Target::kNobody;
  std::string address;
};

// Posts deliveries on to the replicas that own their credentials, unchanged.
// One that cannot be delivered is kept for a while. If it is lost, the owner's
// polls find what it said.
//
// Threads: TryPush() any; constructor and destructor on the loop, or while no
// thread calls it; the rest on the loop. Owns: the deliveries and calls. All
// arguments must outlive it. Fails: by rejecting or dropping deliveries.
class WebhookRelay final : public RoutedWebhookSink {
 public:
  // A take-over takes up to 5.3 s; the upstream's own retries end sooner.
  static constexpr absl::Duration kKeepFor = absl::Minutes(1);

  // The published limit of 15 creates a second gives 900 events in kKeepFor;
  // sixteen of the largest.
  static constexpr size_t kMaxEvents = 1024;
  static constexpr size_t kMaxBytes = 64 << 20;

  // A post takes milliseconds.
  static constexpr absl::Duration kPostTimeout = absl::Seconds(2);
  static constexpr absl::Duration kRetryInterval = absl::Milliseconds(500);

  using RouteOf = std::function<WebhookRoute(const std::string& tag)>;
  // Publishes a prediction to this replica's engine.
  using Deliver = std::function<void(v1::Prediction)>;

  WebhookRelay(EventLoop& event_loop, HttpTransport& transport,
               RouteOf route_of, Deliver deliver);
  ~WebhookRelay() override;

  bool TryPush(RoutedWebhook webhook) override;

  const WebhookRelayStats& stats() const { return stats_; }

 private:
  struct Event {
    RoutedWebhook webhook;
    size_t bytes = 0;
    absl::Time drop_at;
    CallHandle post;
    TimerHandle retry;
  };
  using Events = std::list<Event>;

  // Shared with posted tasks, which may outlive the relay.
  struct State {
    WebhookRelay* relay;  // Loop only; null after the relay is destroyed.
    Mutex mutex;
    size_t events ABSL_GUARDED_BY(mutex) = 0;
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };

  void Add(RoutedWebhook webhook, size_t bytes);
  void Route(Events::iterator event);
  void Post(Events::iterator event, const std::string& address);
  void OnPosted(Events::iterator event, const HttpResult& result);
  void RouteLater(Events::iterator event);
  void Erase(Events::iterator event);

  EventLoop& event_loop_;
  HttpTransport& transport_;
  const RouteOf route_of_;
  const Deliver deliver_;
  Events events_;
  WebhookRelayStats stats_;
  const std::shared_ptr<State> state_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_WEBHOOK_RELAY_H_
