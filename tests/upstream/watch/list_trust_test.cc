#include "upstream/watch/list_trust.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"

namespace wriftai {
namespace {

constexpr int64_t kBase = 1'755'085'724;  // MakePrediction()'s.

class ListTrustTest : public ::testing::Test {
 protected:
  // On clocks that agree with the upstream's, but for `lead_`.
  Instant At(absl::Duration since_base) const {
    return {absl::UnixEpoch() + since_base,
            absl::FromUnixSeconds(kBase) + since_base + lead_};
  }

  // A page that was asked for at `asked` said `status` of second `updated`.
  PageObservation Said(const char* status, int updated, absl::Duration asked,
                       absl::Duration since) const {
    return {MakePrediction("1", status, updated), At(asked).now, At(asked).wall,
            At(since).now};
  }

  bool Got(const PageObservation& said, const char* status, int updated,
           absl::Duration at) {
    return trust_.OnGot(said, MakePrediction("1", status, updated), At(at).now,
                        At(at));
  }

  bool Page(const char* status, int updated, absl::Duration asked) {
    PredictionPage shown;
    shown.predictions.push_back(MakePrediction("1", status, updated));
    return trust_.OnPage(page_, shown, At(asked).now, At(asked).now);
  }

  bool DistrustedAt(absl::Duration at) const {
    return trust_.distrusted(At(at).now);
  }

  absl::Duration lead_;
  Random random_{1};
  PageMap::Page page_;
  ListTrust trust_;
};

TEST_F(ListTrustTest, AChangeLongBeforeThePageProvesItWrong) {
  const auto said = Said("started", 2, absl::Seconds(20), absl::Seconds(3));
  EXPECT_FALSE(Got(said, "started", 2, absl::Seconds(3)));
  // Ours is not ahead of the upstream's clock by more than a second.
  EXPECT_TRUE(Got(said, "succeeded", 10, absl::Seconds(21)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(21)));
  EXPECT_FALSE(DistrustedAt(absl::Seconds(21) + ListTrust::kMinDistrust));
}

TEST_F(ListTrustTest, AChangeWithinTheLagProvesNothing) {
  const auto said = Said("started", 2, absl::Seconds(12), absl::Seconds(3));
  EXPECT_FALSE(Got(said, "started", 2, absl::Seconds(3)));
  EXPECT_FALSE(Got(said, "succeeded", 10, absl::Seconds(13)));
}

TEST_F(ListTrustTest, AClockThatIsAheadProvesNothing) {
  lead_ = absl::Minutes(1);
  const auto said = Said("started", 2, absl::Seconds(9), absl::Seconds(3));
  EXPECT_FALSE(Got(said, "started", 2, absl::Seconds(3)));
  EXPECT_FALSE(Got(said, "succeeded", 10, absl::Seconds(11)));
}

TEST_F(ListTrustTest, APageLongAfterAnEndThatAGetShowedIsWrongWithoutAClock) {
  lead_ = absl::Hours(10'000);
  const auto said = Said("started", 2, absl::Seconds(9), absl::Seconds(3));
  EXPECT_FALSE(Got(said, "succeeded", 10, absl::Seconds(11)));
  EXPECT_FALSE(Page("started", 2, absl::Seconds(15)));
  EXPECT_TRUE(Page("started", 2, absl::Seconds(17)));
}

TEST_F(ListTrustTest, APageThatCatchesUpIsRight) {
  lead_ = absl::Hours(10'000);
  const auto said = Said("started", 2, absl::Seconds(9), absl::Seconds(3));
  EXPECT_FALSE(Got(said, "succeeded", 10, absl::Seconds(11)));
  EXPECT_FALSE(Page("succeeded", 10, absl::Seconds(15)));
  EXPECT_FALSE(Page("started", 2, absl::Seconds(30))) << "forgotten";
}

TEST_F(ListTrustTest, AnEndThatNoGetConfirmsIsWrong) {
  const auto said = Said("succeeded", 10, absl::Seconds(20), absl::Seconds(12));
  EXPECT_FALSE(Got(said, "started", 2, absl::Seconds(14)));
  EXPECT_TRUE(Got(said, "started", 2, absl::Seconds(21)));
}

TEST_F(ListTrustTest, DistrustDoublesAndAgreementsHalveIt) {
  const auto wrong = [&](absl::Duration at) {
    return trust_.OnOlder(At(at - absl::Minutes(1)).now, At(at).now,
                          At(at).now);
  };
  EXPECT_TRUE(wrong(absl::Seconds(0)));
  EXPECT_FALSE(wrong(absl::Seconds(10))) << "distrusted already";
  EXPECT_TRUE(wrong(absl::Seconds(30)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(89)));
  EXPECT_FALSE(DistrustedAt(absl::Seconds(90)));
  for (int i = 0; i < ListTrust::kAgreementsToForgive; ++i) {
    Got(Said("started", 2, absl::Seconds(99), absl::Seconds(3)), "started", 2,
        absl::Seconds(100));
  }
  EXPECT_TRUE(wrong(absl::Seconds(100)));
  EXPECT_TRUE(DistrustedAt(absl::Seconds(159)));
  EXPECT_FALSE(DistrustedAt(absl::Seconds(160)));
  for (int i = 0; i < 20; ++i) wrong(absl::Hours(1 + i));
  EXPECT_FALSE(DistrustedAt(absl::Hours(20) + ListTrust::kMaxDistrust));
}

TEST_F(ListTrustTest, ConfirmationsBecomeRareAsTheyAgree) {
  const absl::Time now = At(absl::Seconds(100)).now;
  trust_.OnConfirm(now, 3);
  EXPECT_EQ(trust_.confirm_at(), now + absl::Seconds(1));
  for (int i = 0; i < 5; ++i) {
    Got(Said("started", 2, absl::Seconds(99), absl::Seconds(3)), "started", 2,
        absl::Seconds(100));
  }
  trust_.OnConfirm(now, 2);
  EXPECT_EQ(trust_.confirm_at(), now + absl::Seconds(10)) << "20 reads";
}

TEST_F(ListTrustTest, APageThatFailsBacksOffAloneAndTwoInARowAllDo) {
  const absl::Time now = At(absl::Seconds(0)).now;
  PageMap::Page below;
  below.cursor = "below";
  const auto fail = [&](PageMap::Page& page, const absl::Status& status) {
    trust_.OnPageFailed(page, status, now, absl::InfinitePast(), random_);
  };
  fail(below, absl::UnavailableError("500"));
  EXPECT_GT(below.failures.not_before(), now);
  EXPECT_TRUE(trust_.usable(now));
  Page("started", 2, absl::Seconds(0));
  fail(below, absl::UnavailableError("500"));
  EXPECT_TRUE(trust_.usable(now)) << "another one was fine";
  fail(page_, absl::UnavailableError("500"));
  EXPECT_FALSE(trust_.usable(now));
  EXPECT_TRUE(trust_.usable(now + absl::Seconds(2)));
}

TEST_F(ListTrustTest, AListThatIsRefusedIsNotAskedForSoon) {
  const absl::Time now = At(absl::Seconds(0)).now;
  trust_.OnPageFailed(page_, absl::PermissionDeniedError("403"), now,
                      absl::InfinitePast(), random_);
  EXPECT_FALSE(trust_.usable(now + absl::Minutes(4)));
  EXPECT_TRUE(trust_.usable(now + ListTrust::kMaxPageDelay));
}

}  // namespace
}  // namespace wriftai
