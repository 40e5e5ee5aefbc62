#ifndef WRIFTAI_UPSTREAM_BUDGET_ARRIVAL_RATE_H_
#define WRIFTAI_UPSTREAM_BUDGET_ARRIVAL_RATE_H_

#include <cstdint>
#include <deque>

namespace wriftai {

// The rate of requests that come at random times: a Poisson process, whose rate
// is estimated from what was seen of the last windows.
//
// Threads: loop. A value. Fails: never.
class ArrivalRate {
 public:
  // Of a window's first part, of length `part` (at most 1), `count` were seen.
  void OnWindow(int64_t count, double part);

  // The likelihood that at least `count` come in that part of a window.
  double LikelihoodOf(int64_t count, double part) const;

 private:
  struct Seen {
    double count = 0;
    double part = 0;
  };
  std::deque<Seen> seen_;  // Oldest first.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_ARRIVAL_RATE_H_
