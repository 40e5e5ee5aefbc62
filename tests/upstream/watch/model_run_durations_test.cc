#include "upstream/watch/model_run_durations.h"

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

class ModelRunDurationsTest : public ::testing::Test {
 protected:
  void Add(std::initializer_list<int> lives) {
    for (const int life : lives) run_durations_.Add(Ended(life));
  }

  double IntervalMultiplier(int age) const {
    return run_durations_.IntervalMultiplier(model_, absl::Seconds(age));
  }

  ModelRunDurations run_durations_;
  const v1::Model model_ = Ended(0).model();
};

TEST_F(ModelRunDurationsTest, MultipliesIntervalFarFromEnd) {
  EXPECT_DOUBLE_EQ(IntervalMultiplier(5), 1) << "nothing is known";
  EXPECT_DOUBLE_EQ(IntervalMultiplier(601),
                   ModelRunDurations::kMaxIntervalMultiplier);
  Add({100, 110, 120, 130});
  EXPECT_DOUBLE_EQ(IntervalMultiplier(79),
                   ModelRunDurations::kMaxIntervalMultiplier);
  EXPECT_DOUBLE_EQ(IntervalMultiplier(80), 1);
  EXPECT_DOUBLE_EQ(IntervalMultiplier(600), 1);
  EXPECT_DOUBLE_EQ(IntervalMultiplier(601),
                   ModelRunDurations::kMaxIntervalMultiplier);
}

TEST_F(ModelRunDurationsTest, NeedsFourDurations) {
  Add({100, 100, 100});
  EXPECT_DOUBLE_EQ(IntervalMultiplier(5), 1);
  Add({100});
  EXPECT_DOUBLE_EQ(IntervalMultiplier(5),
                   ModelRunDurations::kMaxIntervalMultiplier);
}

TEST_F(ModelRunDurationsTest, AdaptsToChangedModel) {
  for (size_t i = 0; i < ModelRunDurations::kMaxDurations; ++i) Add({10});
  EXPECT_DOUBLE_EQ(IntervalMultiplier(30), 1);
  for (size_t i = 0; i < ModelRunDurations::kMaxDurations; ++i) Add({50});
  EXPECT_DOUBLE_EQ(IntervalMultiplier(30),
                   ModelRunDurations::kMaxIntervalMultiplier);
}

TEST_F(ModelRunDurationsTest, SeparatesModelVersions) {
  Add({100, 100, 100, 100});
  v1::Model other = model_;
  other.set_version_number(2);
  EXPECT_DOUBLE_EQ(run_durations_.IntervalMultiplier(other, absl::Seconds(5)),
                   1);
}

TEST_F(ModelRunDurationsTest, IgnoresPredictionsWithoutTimes) {
  for (int i = 0; i < 4; ++i) {
    v1::Prediction ended = Ended(100);
    ended.clear_created_at();
    run_durations_.Add(ended);
  }
  EXPECT_DOUBLE_EQ(IntervalMultiplier(5), 1);
}

TEST_F(ModelRunDurationsTest, IgnoresModelsBeyondMaximum) {
  for (size_t i = 0; i < ModelRunDurations::kMaxModels; ++i) {
    run_durations_.Add(Ended(100, "m" + std::to_string(i)));
  }
  Add({100, 100, 100, 100});
  EXPECT_DOUBLE_EQ(IntervalMultiplier(5), 1);
}

}  // namespace
}  // namespace wriftai
