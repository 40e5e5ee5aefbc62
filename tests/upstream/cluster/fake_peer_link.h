#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAKE_PEER_LINK_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAKE_PEER_LINK_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/cluster/peer_link.h"

namespace wriftai::cluster {

// Peers as functions. A peer that is missing does not answer.
//
// Threads: one. EventLoop must outlive it.
class FakePeerLink : public PeerLink {
 public:
  using Peer = std::function<VouchResponse(const VouchRequest&)>;

  explicit FakePeerLink(EventLoop& event_loop) : event_loop_(event_loop) {}

  // By address.
  std::map<std::string, Peer> peers;
  std::vector<std::string> called;  // Addresses, in the order of the calls.
  // Of every answer.
  absl::Duration delay;

  [[nodiscard]] CallHandle Vouch(const std::string& address,
                                 VouchRequest request, absl::Time deadline,
                                 VouchDone done) override {
    called.push_back(address);
    const bool answers = peers.count(address) > 0;
    return std::make_unique<TimerCall>(
        event_loop_.RunAt(answers ? event_loop_.Now() + delay : deadline,
                          [this, answers, address, request = std::move(request),
                           done = std::move(done)]() mutable {
                            if (answers) {
                              done(peers.at(address)(request));
                            } else {
                              done(absl::DeadlineExceededError("no answer"));
                            }
                          }));
  }

 private:
  class TimerCall : public Call {
   public:
    explicit TimerCall(TimerHandle timer) : timer_(std::move(timer)) {}

   private:
    const TimerHandle timer_;
  };

  EventLoop& event_loop_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAKE_PEER_LINK_H_
