#ifndef WRIFTAI_SERVICE_PEERS_HOP_TIMES_H_
#define WRIFTAI_SERVICE_PEERS_HOP_TIMES_H_

#include <array>

#include "base/histogram.h"

namespace wriftai {

// In seconds: from a call over loopback to one whose connection is made first.
inline constexpr std::array<double, 10> kHopBounds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1};

// What forwarding adds to calls: their duration, from when they are sent until
// the loop has their response, without the time that they took at the owner.
using HopTimes = Histogram<kHopBounds>;

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_HOP_TIMES_H_
