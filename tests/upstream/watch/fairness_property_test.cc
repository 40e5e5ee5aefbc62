#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/workload.h"

namespace wriftai {
namespace {

// Random workloads on virtual time. A failure prints its seed. To run only
// that:
//   FAIRNESS_SEED=17 fairness_test --gtest_filter=FairnessTest.MixedWorkload
constexpr uint64_t kSeeds = 200;

struct Limits {
  // In fair intervals (Workload). At most two rounds: one to fetch outputs, and
  // one to poll other predictions.
  double longest_gap = 2.5;
  double longest_end_delay = 2;
};

void Check(const Workload& workload, const Limits& limits) {
  EXPECT_EQ(workload.limited(), 0) << "429s";
  EXPECT_LE(workload.longest_gap(), limits.longest_gap) << "a waiter starves";
  EXPECT_LE(workload.longest_end_delay(), limits.longest_end_delay)
      << "an end is delivered late";
  EXPECT_LE(workload.max_excess_gets(), 0)
      << "polled faster than the shortest interval";
}

// Runs `check` for each seed, or only for FAIRNESS_SEED.
template <typename CheckSeed>
void ForEachSeed(CheckSeed check) {
  const char* const seed_text = std::getenv("FAIRNESS_SEED");
  uint64_t only = 0;
  if (seed_text != nullptr) {
    ASSERT_TRUE(absl::SimpleAtoi(seed_text, &only)) << seed_text;
  }
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", only == 0 ? seed : only));
    check(only == 0 ? seed : only);
    if (only != 0 || ::testing::Test::HasFailure()) return;
  }
}

void CheckSeeds(const WorkloadShape& shape, const Limits& limits = {}) {
  ForEachSeed([&](uint64_t seed) {
    Workload workload(shape, seed);
    workload.Run();
    Check(workload, limits);
  });
}

TEST(FairnessTest, MixedWorkload) { CheckSeeds(WorkloadShape()); }

TEST(FairnessTest, RefillingRateLimit) {
  WorkloadShape shape;
  shape.refills = true;
  // Some of the budget stays unused until responses show the kind of the limit.
  // Confirmations of pages use the budget, too.
  CheckSeeds(shape, {5, 4.5});
}

TEST(FairnessTest, LongHistory) {
  WorkloadShape shape;
  shape.history = 1000;
  shape.known_fraction = 0;
  CheckSeeds(shape);
}

TEST(FairnessTest, PredictionsPushedDownTheList) {
  WorkloadShape shape;
  shape.unwatched = 500;
  CheckSeeds(shape);
}

TEST(FairnessTest, WaitersThatComeAndGo) {
  WorkloadShape shape;
  shape.leave_fraction = 0.9;
  CheckSeeds(shape);
}

TEST(FairnessTest, ManyPredictions) {
  WorkloadShape shape;
  shape.predictions = 150;
  shape.waiters_per_prediction = 1;
  CheckSeeds(shape);
}

// They may exceed the intervals, and nothing else.
TEST(FairnessTest, SparePolls) {
  WorkloadShape shape;
  shape.predictions = 5;
  shape.spare_polls = true;
  ForEachSeed([&](uint64_t seed) {
    Workload workload(shape, seed);
    workload.Run();
    EXPECT_EQ(workload.limited(), 0) << "429s";
    EXPECT_LE(workload.longest_gap(), Limits().longest_gap);
    EXPECT_LE(workload.longest_end_delay(), Limits().longest_end_delay);
  });
}

// Over all seeds, pages must not increase the number of reads. A single
// workload may need more, since every end that a page shows costs a GET.
TEST(FairnessTest, PagesDoNotIncreaseReads) {
  WorkloadShape with;
  with.unwatched = 100;
  WorkloadShape without = with;
  without.pages = false;
  int64_t reads_with = 0;
  int64_t reads_without = 0;
  ForEachSeed([&](uint64_t seed) {
    Workload pages(with, seed);
    pages.Run();
    Workload gets(without, seed);
    gets.Run();
    reads_with += pages.reads();
    reads_without += gets.reads();
    EXPECT_LE(static_cast<double>(pages.reads()),
              static_cast<double>(gets.reads()) * 1.5 + 10);
  });
  EXPECT_LE(reads_with, reads_without);
}

}  // namespace
}  // namespace wriftai
