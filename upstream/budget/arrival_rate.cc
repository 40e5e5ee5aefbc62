#include "upstream/budget/arrival_rate.h"

#include <cmath>
#include <cstddef>

namespace wriftai {
namespace {

// Windows from which the rate is estimated: with one request in each, to about
// a quarter. A consumer that has left is forgotten after as many.
constexpr size_t kMaxSeenWindows = 20;

// Requests, and windows, that are added to what was seen. So nothing is certain
// after the first windows.
constexpr double kPrior = 0.5;

}  // namespace

void ArrivalRate::OnWindow(int64_t count, double part) {
  seen_.push_back({static_cast<double>(count), part});
  if (seen_.size() > kMaxSeenWindows) seen_.pop_front();
}

double ArrivalRate::LikelihoodOf(int64_t count, double part) const {
  Seen sum{kPrior, kPrior};
  for (const Seen& seen : seen_) {
    sum.count += seen.count;
    sum.part += seen.part;
  }
  const double mean = sum.count / sum.part * part;
  double exactly = std::exp(-mean);
  double at_least = 1;
  for (int64_t i = 0; i < count; ++i) {
    at_least -= exactly;
    exactly *= mean / static_cast<double>(i + 1);
  }
  return at_least;
}

}  // namespace wriftai
