#include "upstream/watch/model_history.h"

#include <string>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr int64_t kCreated = 1'755'085'724;

v1::Prediction Ended(int seconds, const std::string& model = "m") {
  v1::Prediction prediction;
  prediction.mutable_model()->set_owner("o");
  prediction.mutable_model()->set_name(model);
  prediction.mutable_created_at()->set_seconds(kCreated);
  prediction.mutable_updated_at()->set_seconds(kCreated + seconds);
  return prediction;
}

class ModelHistoryTest : public ::testing::Test {
 protected:
  void Add(std::initializer_list<int> lives) {
    for (const int life : lives) history_.Add(Ended(life));
  }

  double Stretch(int age) const {
    return history_.Stretch(model_, absl::Seconds(age));
  }

  ModelHistory history_;
  const v1::Model model_ = Ended(0).model();
};

TEST_F(ModelHistoryTest, StretchesFarFromAnyEnd) {
  EXPECT_DOUBLE_EQ(Stretch(5), 1) << "nothing is known";
  EXPECT_DOUBLE_EQ(Stretch(601), ModelHistory::kMostStretch);
  Add({100, 110, 120, 130});
  EXPECT_DOUBLE_EQ(Stretch(79), ModelHistory::kMostStretch);
  EXPECT_DOUBLE_EQ(Stretch(80), 1);
  EXPECT_DOUBLE_EQ(Stretch(600), 1);
  EXPECT_DOUBLE_EQ(Stretch(601), ModelHistory::kMostStretch);
}

TEST_F(ModelHistoryTest, FollowsAModelThatChanges) {
  for (size_t i = 0; i < ModelHistory::kLives; ++i) Add({10});
  EXPECT_DOUBLE_EQ(Stretch(30), 1);
  for (size_t i = 0; i < ModelHistory::kLives; ++i) Add({50});
  EXPECT_DOUBLE_EQ(Stretch(30), ModelHistory::kMostStretch);
}

TEST_F(ModelHistoryTest, ModelsAndTheirVersionsAreKeptApart) {
  Add({10, 10, 10, 10});
  v1::Model other = model_;
  other.set_version_number(2);
  EXPECT_DOUBLE_EQ(Stretch(1), ModelHistory::kMostStretch);
  EXPECT_DOUBLE_EQ(history_.Stretch(other, absl::Seconds(1)), 1);
}

TEST_F(ModelHistoryTest, WithoutItsTimesALifeIsNotCounted) {
  for (int i = 0; i < 4; ++i) {
    v1::Prediction ended = Ended(10);
    ended.clear_created_at();
    history_.Add(ended);
  }
  EXPECT_DOUBLE_EQ(Stretch(1), 1);
}

TEST_F(ModelHistoryTest, TooManyModelsAreNotRemembered) {
  for (size_t i = 0; i < ModelHistory::kMostModels; ++i) {
    history_.Add(Ended(10, "m" + std::to_string(i)));
  }
  Add({10, 10, 10, 10});
  EXPECT_DOUBLE_EQ(Stretch(1), 1);
}

TEST(AgeOf, IsNeverNegativeAndZeroWhereCreationIsNotKnown) {
  EXPECT_EQ(AgeOf(v1::Prediction(), absl::FromUnixSeconds(kCreated)),
            absl::ZeroDuration());
  const absl::Time created = absl::FromUnixSeconds(kCreated);
  EXPECT_EQ(AgeOf(Ended(0), created - absl::Hours(1)), absl::ZeroDuration());
  EXPECT_EQ(AgeOf(Ended(0), created + absl::Hours(1)), absl::Hours(1));
}

}  // namespace
}  // namespace wriftai
