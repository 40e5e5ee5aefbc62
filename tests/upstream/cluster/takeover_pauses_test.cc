#include "upstream/cluster/takeover_pauses.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai::cluster {
namespace {

class TakeoverPausesTest : public ::testing::Test {
 protected:
  // The pause that is left.
  absl::Duration Left() const { return pauses_.EndOf("t") - clock_.Now(); }

  ManualEventLoop clock_;
  const ClusterTimes times_ = {};
  TakeoverPauses pauses_{clock_, times_};
  const Owner b_{"b.1", 2};
  const Owner c_{"c.1", 3};
  const Owner released_{"released", 4};
};

TEST_F(TakeoverPausesTest, NeverOwnedNeedsNoPause) {
  EXPECT_EQ(pauses_.EndOf("t"), absl::InfinitePast());
  pauses_.OnOwnerChanged("t", nullptr, &b_);
  EXPECT_EQ(pauses_.EndOf("t"), absl::InfinitePast());
}

TEST_F(TakeoverPausesTest, UnreleasedEndPausesForCertaintyToo) {
  pauses_.OnOwnerChanged("t", &b_, nullptr);
  EXPECT_EQ(Left(), times_.certainty + times_.takeover_pause);
  EXPECT_EQ(pauses_.EndOf("u"), absl::InfinitePast());
}

TEST_F(TakeoverPausesTest, ReleasePausesForTheTakeoverOnly) {
  pauses_.OnOwnerChanged("t", &b_, &released_);
  EXPECT_EQ(Left(), times_.takeover_pause);
  clock_.Advance(absl::Seconds(1));
  // Neither the end of the record nor the next owner extends it.
  pauses_.OnOwnerChanged("t", &released_, nullptr);
  pauses_.OnOwnerChanged("t", nullptr, &c_);
  EXPECT_EQ(Left(), times_.takeover_pause - absl::Seconds(1));
}

TEST_F(TakeoverPausesTest, ClaimOfAReleasedRecordKeepsItsPause) {
  pauses_.OnOwnerChanged("t", &b_, &released_);
  clock_.Advance(absl::Seconds(1));
  pauses_.OnOwnerChanged("t", &released_, &c_);
  EXPECT_EQ(Left(), times_.takeover_pause - absl::Seconds(1));
}

TEST_F(TakeoverPausesTest, HandOverPausesForTheTakeover) {
  pauses_.OnOwnerChanged("t", &b_, &c_);
  EXPECT_EQ(Left(), times_.takeover_pause);
}

TEST_F(TakeoverPausesTest, ShorterPauseDoesNotCutALongerOne) {
  pauses_.OnOwnerChanged("t", &b_, nullptr);
  const absl::Time end = pauses_.EndOf("t");
  pauses_.OnOwnerChanged("t", &c_, &released_);
  EXPECT_EQ(pauses_.EndOf("t"), end);
  clock_.Advance(absl::Seconds(2));
  pauses_.OnOwnerChanged("t", &c_, &released_);
  EXPECT_EQ(Left(), times_.takeover_pause);
}

TEST_F(TakeoverPausesTest, EndedPausesAreDropped) {
  pauses_.OnOwnerChanged("t", &b_, nullptr);
  clock_.Advance(absl::Seconds(2));
  pauses_.OnOwnerChanged("t", &b_, nullptr);  // Extended: still needed.
  clock_.Advance(times_.unreleased_pause() - absl::Seconds(1));
  pauses_.OnOwnerChanged("u", &b_, nullptr);
  EXPECT_EQ(Left(), absl::Seconds(1));
  clock_.Advance(times_.unreleased_pause());
  pauses_.OnOwnerChanged("v", &b_, nullptr);
  EXPECT_EQ(pauses_.EndOf("t"), absl::InfinitePast());
  EXPECT_EQ(pauses_.EndOf("u"), absl::InfinitePast());
}

TEST_F(TakeoverPausesTest, ClearForgetsAll) {
  pauses_.OnOwnerChanged("t", &b_, nullptr);
  pauses_.Clear();
  EXPECT_EQ(pauses_.EndOf("t"), absl::InfinitePast());
}

}  // namespace
}  // namespace wriftai::cluster
