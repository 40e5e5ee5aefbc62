#include "upstream/watch/list_trust.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"

namespace wriftai {
namespace {

constexpr int64_t kBase = 1'755'085'724;  // MakePrediction()'s.

class ListTrustTest : public ::testing::Test {
 protected:
  // On clocks that agree with the upstream's, except for `lead_`.
  Instant At(absl::Duration since_base) const {
    return {absl::UnixEpoch() + since_base,
            absl::FromUnixSeconds(kBase) + since_base + lead_};
  }

  // A page requested at `requested` showed `status`, updated at second
  // `updated`.
  PageObservation Showed(const char* status, int updated,
                         absl::Duration requested, absl::Duration since) const {
    return {MakePrediction("1", status, updated), At(requested).now,
            At(requested).wall, At(since).now};
  }

  bool ApplyGet(const PageObservation& observation, const char* status,
                int updated, absl::Duration at) {
    return trust_.OnGot(observation, MakePrediction("1", status, updated),
                        At(at).now, At(at));
  }

  bool ApplyPage(const char* status, int updated, absl::Duration requested) {
    PredictionPage shown;
    shown.predictions.push_back(MakePrediction("1", status, updated));
    return trust_.OnPage(page_, shown, At(requested).now, At(requested).now);
  }

  // A page requested at `at` shows what was outdated a minute before.
  bool ApplyStaleItem(absl::Duration at) {
    return trust_.OnStaleItem(At(at - absl::Minutes(1)).now, At(at).now,
                              At(at).now);
  }

  // GETs confirm `count` observations.
  void Agree(int count) {
    for (int i = 0; i < count; ++i) {
      ApplyGet(Showed("started", 2, absl::Seconds(99), absl::Seconds(3)),
               "started", 2, absl::Seconds(100));
    }
  }

  bool DistrustedAt(absl::Duration at) const {
    return trust_.distrusted(At(at).now);
  }

  absl::Duration lead_;
  Random random_{1};
  PageMap::Page page_;
  ListTrust trust_;
};

TEST_F(ListTrustTest, DistrustsPageThatMissesOldChange) {
  const auto observation =
      Showed("started", 2, absl::Seconds(20), absl::Seconds(3));
  EXPECT_FALSE(ApplyGet(observation, "started", 2, absl::Seconds(3)));
  // Our clock is ahead of the upstream's by at most a second.
  EXPECT_TRUE(ApplyGet(observation, "succeeded", 10, absl::Seconds(21)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(21)));
  EXPECT_FALSE(DistrustedAt(absl::Seconds(21) + ListTrust::kMinDistrust));
}

TEST_F(ListTrustTest, ToleratesMissingChangeWithinReplicationLag) {
  const auto observation =
      Showed("started", 2, absl::Seconds(12), absl::Seconds(3));
  EXPECT_FALSE(ApplyGet(observation, "started", 2, absl::Seconds(3)));
  EXPECT_FALSE(ApplyGet(observation, "succeeded", 10, absl::Seconds(13)));
}

TEST_F(ListTrustTest, ToleratesMissingChangeWhenOurClockIsAhead) {
  lead_ = absl::Minutes(1);
  const auto observation =
      Showed("started", 2, absl::Seconds(9), absl::Seconds(3));
  EXPECT_FALSE(ApplyGet(observation, "started", 2, absl::Seconds(3)));
  EXPECT_FALSE(ApplyGet(observation, "succeeded", 10, absl::Seconds(11)));
}

TEST_F(ListTrustTest, DistrustsPageThatMissesEndSeenByGetWithoutClocks) {
  lead_ = absl::Hours(10'000);
  const auto observation =
      Showed("started", 2, absl::Seconds(9), absl::Seconds(3));
  EXPECT_FALSE(ApplyGet(observation, "succeeded", 10, absl::Seconds(11)));
  EXPECT_FALSE(ApplyPage("started", 2, absl::Seconds(15)));
  EXPECT_TRUE(ApplyPage("started", 2, absl::Seconds(17)));
}

TEST_F(ListTrustTest, TrustsPageThatCatchesUp) {
  lead_ = absl::Hours(10'000);
  const auto observation =
      Showed("started", 2, absl::Seconds(9), absl::Seconds(3));
  EXPECT_FALSE(ApplyGet(observation, "succeeded", 10, absl::Seconds(11)));
  EXPECT_FALSE(ApplyPage("succeeded", 10, absl::Seconds(15)));
  EXPECT_FALSE(ApplyPage("started", 2, absl::Seconds(30)))
      << "the end is no longer checked";
}

TEST_F(ListTrustTest, DistrustsPageWhoseEndNoGetConfirms) {
  const auto observation =
      Showed("succeeded", 10, absl::Seconds(20), absl::Seconds(12));
  EXPECT_FALSE(ApplyGet(observation, "started", 2, absl::Seconds(14)));
  EXPECT_TRUE(ApplyGet(observation, "started", 2, absl::Seconds(21)));
}

TEST_F(ListTrustTest, DoublesDistrustAndHalvesItWithAgreements) {
  EXPECT_TRUE(ApplyStaleItem(absl::Seconds(0)));
  EXPECT_FALSE(ApplyStaleItem(absl::Seconds(10))) << "already distrusted";
  EXPECT_TRUE(ApplyStaleItem(absl::Seconds(30)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(89)));
  EXPECT_FALSE(DistrustedAt(absl::Seconds(90)));
  Agree(ListTrust::kAgreementsPerHalving);
  EXPECT_TRUE(ApplyStaleItem(absl::Seconds(100)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(159)));
  EXPECT_FALSE(DistrustedAt(absl::Seconds(160)));
  for (int i = 0; i < 20; ++i) ApplyStaleItem(absl::Hours(1 + i));
  EXPECT_FALSE(DistrustedAt(absl::Hours(20) + ListTrust::kMaxDistrust));
}

TEST_F(ListTrustTest, AgreementsBeforeAnErrorDoNotShortenTheNextDistrust) {
  ASSERT_TRUE(ApplyStaleItem(absl::Seconds(0)));
  Agree(ListTrust::kAgreementsPerHalving - 1);
  ASSERT_TRUE(ApplyStaleItem(absl::Seconds(100)));
  Agree(1);
  ASSERT_TRUE(ApplyStaleItem(absl::Seconds(200)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(200) + 4 * ListTrust::kMinDistrust -
                           absl::Seconds(1)));
}

TEST_F(ListTrustTest, ConfirmsAtOnceAndOftenAfterAnError) {
  Agree(5);
  const absl::Time now = At(absl::Seconds(100)).now;
  trust_.OnConfirm(now, 0.1);
  ASSERT_EQ(trust_.confirm_at(), now + absl::Seconds(200));
  ASSERT_TRUE(ApplyStaleItem(absl::Seconds(100)));
  EXPECT_EQ(trust_.confirm_at(), absl::InfinitePast());
  trust_.OnConfirm(now, 0.1);
  EXPECT_EQ(trust_.confirm_at(), now + absl::Seconds(30)) << "3 reads";
}

TEST_F(ListTrustTest, EndsSeenBeforeAnErrorAreNoLongerChecked) {
  lead_ = absl::Hours(10'000);
  ASSERT_FALSE(
      ApplyGet(Showed("started", 2, absl::Seconds(9), absl::Seconds(3)),
               "succeeded", 10, absl::Seconds(11)));
  ASSERT_TRUE(ApplyStaleItem(absl::Seconds(20)));
  EXPECT_FALSE(
      ApplyPage("started", 2, absl::Seconds(20) + ListTrust::kMinDistrust));
}

TEST_F(ListTrustTest, ConfirmsLessOftenWhilePagesAgree) {
  const absl::Time now = At(absl::Seconds(100)).now;
  trust_.OnConfirm(now, 3);
  EXPECT_EQ(trust_.confirm_at(), now + absl::Seconds(1));
  Agree(5);
  trust_.OnConfirm(now, 2);
  EXPECT_EQ(trust_.confirm_at(), now + absl::Seconds(10)) << "20 reads";
}

TEST_F(ListTrustTest, BacksOffAllPagesAfterTwoConsecutiveFailures) {
  const absl::Time now = At(absl::Seconds(0)).now;
  PageMap::Page below;
  below.cursor = "below";
  const auto fail = [&](PageMap::Page& page, const absl::Status& status) {
    trust_.OnPageFailed(page, status, now, absl::InfinitePast(), random_);
  };
  fail(below, absl::UnavailableError("500"));
  EXPECT_GT(below.failures.not_before(), now);
  EXPECT_TRUE(trust_.usable(now));
  ApplyPage("started", 2, absl::Seconds(0));
  fail(below, absl::UnavailableError("500"));
  EXPECT_TRUE(trust_.usable(now)) << "another page succeeded in between";
  fail(page_, absl::UnavailableError("500"));
  EXPECT_FALSE(trust_.usable(now));
  EXPECT_TRUE(trust_.usable(now + absl::Seconds(2)));
}

TEST_F(ListTrustTest, BacksOffForLongWhenListIsForbidden) {
  const absl::Time now = At(absl::Seconds(0)).now;
  trust_.OnPageFailed(page_, absl::PermissionDeniedError("403"), now,
                      absl::InfinitePast(), random_);
  EXPECT_FALSE(trust_.usable(now + absl::Minutes(4)));
  EXPECT_TRUE(trust_.usable(now + ListTrust::kMaxPageDelay));
}

}  // namespace
}  // namespace wriftai
