#include "service/peers/peer_wait.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "tests/service/peers/edge_fixture.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Records what the loop reports, for the thread of the test.
class RecordingWaitObserver : public OwnerWaitObserver {
 public:
  void OnUpdate(v1::PredictionUpdate update) override {
    absl::MutexLock lock(&mutex_);
    updates_.push_back(std::move(update));
  }
  void OnEnd(const absl::Status& status) override {
    absl::MutexLock lock(&mutex_);
    EXPECT_FALSE(ended_);
    ended_ = true;
    end_ = status;
  }

  // Update `count`, from 1.
  v1::PredictionUpdate Await(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto arrived = [&] {
      mutex_.AssertHeld();
      return updates_.size() >= count;
    };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&arrived), kTimeout));
    return arrived() ? updates_[count - 1] : v1::PredictionUpdate();
  }

  absl::Status AwaitEnd() {
    absl::MutexLock lock(&mutex_);
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&ended_), kTimeout));
    return end_;
  }

  size_t count() {
    absl::MutexLock lock(&mutex_);
    return updates_.size();
  }

 private:
  static constexpr absl::Duration kTimeout = absl::Seconds(10);

  absl::Mutex mutex_;
  std::vector<v1::PredictionUpdate> updates_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status end_ ABSL_GUARDED_BY(mutex_);
};

class PeerWaitTest : public EdgeTest {
 protected:
  ~PeerWaitTest() override { Drop(); }

  void Open(absl::Duration interval, int64_t epoch = 7) {
    RunOnLoop(loop_, [&] {
      wait_ = std::make_unique<PeerWait>(
          *channels_, PeerOwner{replica_.address(), epoch}, credential_,
          kPredictionId, created_, interval, observer_);
    });
  }

  void Drop() {
    RunOnLoop(loop_, [this] { wait_.reset(); });
  }

  OwnerReplica replica_{loop_, 7};
  RecordingWaitObserver observer_;
  std::unique_ptr<PeerWait> wait_;
  absl::Time created_ = absl::InfinitePast();
};

TEST_F(PeerWaitTest, DeliversUpdatesUntilThePredictionHasEnded) {
  Open(absl::Milliseconds(100));
  replica_.upstream().Respond(1, 200, PredictionJson("started"));
  const v1::PredictionUpdate update = observer_.Await(1);
  EXPECT_EQ(update.prediction().status_text(), "started");
  EXPECT_EQ(update.prediction().input_json(), R"({"n":1})");
  EXPECT_EQ(update.interval().nanos(), 100'000'000);
  replica_.upstream().Respond(2, 200, PredictionJson("succeeded", "[1]"));
  EXPECT_EQ(observer_.Await(2).prediction().output_json(), "[1]");
}

TEST_F(PeerWaitTest, SendsTheCallersToken) {
  Open(absl::Seconds(1));
  EXPECT_EQ(replica_.upstream().AwaitRequest(1).bearer.Reveal(), "callers");
}

TEST_F(PeerWaitTest, OwnerTakesTheCreationTime) {
  created_ = absl::FromUnixNanos(1'764'470'762'123'456'789);
  Open(absl::Seconds(1));
  replica_.upstream().Respond(1, 200, PredictionJson("started"));
  EXPECT_EQ(observer_.Await(1).prediction().status_text(), "started");
}

TEST_F(PeerWaitTest, DroppingItEndsTheWaitAtTheOwner) {
  Open(absl::Seconds(1));
  replica_.upstream().Respond(1, 200, PredictionJson("started"));
  observer_.Await(1);
  EXPECT_EQ(replica_.waiter_count(), 1u);
  Drop();
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (replica_.waiter_count() > 0 && absl::Now() < end) {
  }
  EXPECT_EQ(replica_.waiter_count(), 0u);
}

TEST_F(PeerWaitTest, ShorterIntervalReplacesTheStream) {
  Open(absl::Hours(1));
  replica_.upstream().Respond(1, 200, PredictionJson("started"));
  EXPECT_EQ(observer_.Await(1).interval().seconds(), 3600);
  RunOnLoop(loop_, [this] { wait_->SetInterval(absl::Milliseconds(1)); });
  const v1::PredictionUpdate update = observer_.Await(2);
  EXPECT_EQ(update.interval().seconds(), 0);
  EXPECT_EQ(update.interval().nanos(), 100'000'000);
}

TEST_F(PeerWaitTest, ReplicaThatIsNotTheOwnerEndsIt) {
  Open(absl::Seconds(1), 6);
  EXPECT_EQ(ReasonOf(observer_.AwaitEnd()), v1::NOT_OWNER);
  EXPECT_EQ(replica_.upstream().sent_count(), 0u);
}

TEST_F(PeerWaitTest, ErrorOfTheOwnerEndsItWithDetails) {
  Open(absl::Seconds(1));
  replica_.upstream().Respond(1, 404, "");
  const absl::Status status = observer_.AwaitEnd();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MetadataOf("http_status", status), "404");
}

TEST_F(PeerWaitTest, BrokenLinkEndsItAndItCanBeOpenedAgain) {
  Open(absl::Seconds(1));
  replica_.upstream().Respond(1, 200, PredictionJson("started"));
  observer_.Await(1);
  replica_.Stop();
  const absl::Status status = observer_.AwaitEnd();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), v1::OWNER_UNAVAILABLE);

  OwnerReplica next(loop_, 8);
  RecordingWaitObserver observer;
  RunOnLoop(loop_, [&] {
    wait_ = std::make_unique<PeerWait>(*channels_, PeerOwner{next.address(), 8},
                                       credential_, kPredictionId, created_,
                                       absl::Seconds(1), observer);
  });
  next.upstream().Respond(1, 200, PredictionJson("started"));
  EXPECT_EQ(observer.Await(1).prediction().status_text(), "started");
  Drop();
}

}  // namespace
}  // namespace wriftai
