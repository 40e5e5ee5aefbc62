#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/workload.h"

namespace wriftai {
namespace {

// Random workloads on virtual time. A failure names its seed; that one alone:
//   FAIRNESS_SEED=17 fairness_test --gtest_filter=Fairness.OfACrowd
constexpr uint64_t kSeeds = 200;

struct Promise {
  // Of the fair interval (Workload). Two rounds at the worst: one in which
  // outputs are fetched, and one in which others are asked for.
  double longest_gap = 2.5;
  double longest_end_delay = 2;
};

void Check(const Workload& workload, const Promise& promise) {
  EXPECT_EQ(workload.limited(), 0) << "429s";
  EXPECT_LE(workload.longest_gap(), promise.longest_gap) << "a waiter starves";
  EXPECT_LE(workload.longest_end_delay(), promise.longest_end_delay)
      << "an end is told late";
  EXPECT_LE(workload.most_unwanted_gets(), 0)
      << "polled faster than the fastest waiter asks";
}

// Runs `check` for each seed, or for the one that was asked for.
template <typename CheckSeed>
void ForEachSeed(CheckSeed check) {
  const char* const wanted = std::getenv("FAIRNESS_SEED");
  uint64_t only = 0;
  if (wanted != nullptr) {
    ASSERT_TRUE(absl::SimpleAtoi(wanted, &only)) << wanted;
  }
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", only == 0 ? seed : only));
    check(only == 0 ? seed : only);
    if (only != 0 || ::testing::Test::HasFailure()) return;
  }
}

void CheckSeeds(const WorkloadShape& shape, const Promise& promise = {}) {
  ForEachSeed([&](uint64_t seed) {
    Workload workload(shape, seed);
    workload.Run();
    Check(workload, promise);
  });
}

TEST(Fairness, OfACrowd) { CheckSeeds(WorkloadShape()); }

TEST(Fairness, WhereTheLimitRefills) {
  WorkloadShape shape;
  shape.refills = true;
  // Until responses have shown the kind of the limit, some of it is left
  // unused; what is left confirms pages, too.
  CheckSeeds(shape, {5, 4.5});
}

TEST(Fairness, BelowALongHistory) {
  WorkloadShape shape;
  shape.history = 1000;
  shape.known = 0;
  CheckSeeds(shape);
}

TEST(Fairness, OfPredictionsThatSinkInTheList) {
  WorkloadShape shape;
  shape.unwatched = 500;
  CheckSeeds(shape);
}

TEST(Fairness, OfWaitersThatComeAndGo) {
  WorkloadShape shape;
  shape.leave = 0.9;
  CheckSeeds(shape);
}

TEST(Fairness, OfALargeCrowd) {
  WorkloadShape shape;
  shape.predictions = 150;
  shape.waiters_each = 1;
  CheckSeeds(shape);
}

// In the same workloads no more is read with pages than without them. A single
// one may read more: what a page spares at one time it may cost at another,
// when an end that it has shown is fetched.
TEST(Fairness, PagesAreFetchedWhereTheySpareRequests) {
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
