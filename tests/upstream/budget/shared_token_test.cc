#include <algorithm>
#include <cmath>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "base/random.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/upstream/budget/limited_upstream.h"
#include "upstream/budget/budget_registry.h"

namespace wriftai {
namespace {

using sandbox::RateLimiter;

// One process: polls as often as granted, and about one call per second.
class Replica {
 public:
  Replica(BudgetRegistry::Rates rates, ManualEventLoop& event_loop,
          LimitedUpstream& upstream, uint64_t seed)
      : event_loop_(event_loop),
        upstream_(upstream),
        random_(seed),
        registry_(rates, event_loop),
        budget_(
            registry_.For(std::make_shared<Credential>(Secret("the-token")))) {
    Poll();
    CallAtRandom();
  }

  // As when draining. Requests in flight continue.
  void Stop() {
    poll_.reset();
    call_.reset();
    next_call_.reset();
  }

  int64_t sent() const { return sent_; }

 private:
  void Poll() {
    poll_ = budget_->reads.AcquirePoll([this](Permit permit) {
      Send(std::move(permit));
      // The handle of the permit being granted.
      const CallHandle granted = std::move(poll_);
      Poll();
    });
  }

  void CallAtRandom() {
    next_call_ = event_loop_.RunAt(
        event_loop_.Now() + absl::Seconds(2 * random_.Uniform()), [this] {
          call_ = budget_->reads.Acquire(absl::InfiniteFuture(),
                                         [this](absl::StatusOr<Permit> permit) {
                                           ASSERT_TRUE(permit.ok());
                                           Send(*std::move(permit));
                                         });
          CallAtRandom();
        });
  }

  void Send(Permit permit) {
    ++sent_;
    upstream_.Send(std::move(permit));
  }

  ManualEventLoop& event_loop_;
  LimitedUpstream& upstream_;
  Random random_;
  BudgetRegistry registry_;
  const std::shared_ptr<CredentialBudget> budget_;
  int64_t sent_ = 0;
  CallHandle poll_;
  CallHandle call_;
  TimerHandle next_call_;
};

struct Case {
  int64_t rate;   // Of the token, per second.
  int64_t burst;  // 0: a count per second. Otherwise a bucket of this size.
  int replicas;
};

// Replicas that share a token, with more demand than capacity.
class SharedTokenTest : public ::testing::TestWithParam<std::tuple<Case, int>> {
 protected:
  SharedTokenTest() {
    const auto& [one, seed] = GetParam();
    case_ = one;
    random_ = Random(static_cast<uint64_t>(seed));
    RateLimiter::Options options;
    options.read_rate = case_.rate;
    options.burst = case_.burst;
    upstream_ = std::make_unique<LimitedUpstream>(options, event_loop_,
                                                  static_cast<uint64_t>(seed));
    upstream_->latency = absl::Milliseconds(20 + 80 * (seed % 2));
    for (int i = 0; i < case_.replicas; ++i) {
      replicas_.push_back(NewReplica());
      event_loop_.Advance(absl::Seconds(random_.Uniform()));
    }
  }

  std::unique_ptr<Replica> NewReplica() {
    BudgetRegistry::Rates rates;
    rates.reads = static_cast<double>(case_.rate);
    rates.share = 1.0 / case_.replicas;
    return std::make_unique<Replica>(rates, event_loop_, *upstream_, ++seed_);
  }

  Case case_;
  Random random_{0};
  uint64_t seed_ = 0;
  ManualEventLoop event_loop_;
  std::vector<std::unique_ptr<Replica>> stopped_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::unique_ptr<LimitedUpstream> upstream_;  // Holds their permits.
};

TEST_P(SharedTokenTest, ReplicasUseTheirSharesWithout429) {
  event_loop_.Advance(absl::Seconds(20));
  std::vector<int64_t> before;
  for (const auto& replica : replicas_) before.push_back(replica->sent());
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), 0);
  const auto share = static_cast<double>(case_.rate / case_.replicas);
  for (size_t i = 0; i < replicas_.size(); ++i) {
    EXPECT_GE(static_cast<double>(replicas_[i]->sent() - before[i]),
              100 * share * (case_.burst == 0 ? 0.9 : 0.6))
        << "replica " << i;
  }
}

TEST_P(SharedTokenTest, ReplacedReplicasCauseNo429) {
  for (int i = 0; i < 12; ++i) {
    event_loop_.Advance(absl::Seconds(2 + 3 * random_.Uniform()));
    auto& replica = replicas_[static_cast<size_t>(i % case_.replicas)];
    replica->Stop();
    stopped_.push_back(std::move(replica));
    // The new process starts at once.
    event_loop_.Advance(absl::Milliseconds(50));
    replica = NewReplica();
  }
  event_loop_.Advance(absl::Seconds(20));
  EXPECT_EQ(upstream_->limited(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SharedTokenTest,
    ::testing::Combine(::testing::Values(Case{3, 0, 2}, Case{3, 0, 3},
                                         Case{10, 0, 2}, Case{10, 0, 3},
                                         Case{30, 0, 2}, Case{3, 3, 2},
                                         Case{10, 10, 2}, Case{30, 30, 3}),
                       ::testing::Range(1, 11)));

}  // namespace
}  // namespace wriftai
