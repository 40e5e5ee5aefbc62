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

// Peers as functions. One that is missing does not answer.
//
// Threads: one. EventLoop must outlive it.
class FakePeerLink : public PeerLink {
 public:
  using Peer = std::function<VouchResponse(const VouchRequest&)>;

  explicit FakePeerLink(EventLoop& event_loop) : event_loop_(event_loop) {}

  using Finder = std::function<FindOwnersResponse(const FindOwnersRequest&)>;

  // By address.
  std::map<std::string, Peer> peers;
  std::map<std::string, Finder> finders;
  std::vector<std::string> called;  // Addresses, in the order of the calls.
  std::vector<std::string> asked;   // For owners, the same.
  // Of every answer.
  absl::Duration delay;

  [[nodiscard]] CallHandle Vouch(const std::string& address,
                                 VouchRequest request, absl::Time deadline,
                                 VouchDone done) override {
    called.push_back(address);
    return Call(peers, address, std::move(request), deadline, std::move(done));
  }
  [[nodiscard]] CallHandle FindOwners(const std::string& address,
                                      FindOwnersRequest request,
                                      absl::Time deadline,
                                      FindOwnersDone done) override {
    asked.push_back(address);
    return Call(finders, address, std::move(request), deadline,
                std::move(done));
  }

 private:
  class TimerCall : public wriftai::Call {
   public:
    explicit TimerCall(TimerHandle timer) : timer_(std::move(timer)) {}

   private:
    const TimerHandle timer_;
  };

  template <typename Answers, typename Request, typename Done>
  CallHandle Call(const Answers& answers, const std::string& address,
                  Request request, absl::Time deadline, Done done) {
    const bool answered = answers.count(address) > 0;
    return std::make_unique<TimerCall>(event_loop_.RunAt(
        answered ? event_loop_.Now() + delay : deadline,
        [&answers, answered, address, request = std::move(request),
         done = std::move(done)]() mutable {
          if (answered) {
            done(answers.at(address)(request));
          } else {
            done(absl::DeadlineExceededError("no answer"));
          }
        }));
  }

  EventLoop& event_loop_;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_FAKE_PEER_LINK_H_
