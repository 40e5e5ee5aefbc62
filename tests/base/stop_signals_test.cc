#include "base/stop_signals.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

// Each test runs in its own process, because signals are per process.
class StopSignalsTest : public ::testing::Test {
 protected:
  StopSignalsTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Sleeps longer than any test takes.
  static void Hang() { absl::SleepFor(absl::Minutes(10)); }
  static void Ignore(int /*signal_number*/) {}
};

TEST_F(StopSignalsTest, StopSignalKillsHangingStartup) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    EXPECT_EXIT(
        {
          StopSignals signals;
          signals.Watch(Ignore);
          kill(getpid(), number);
          Hang();
        },
        KilledBySignal(number), "stopped during startup");
  }
}

TEST_F(StopSignalsTest, SignalDuringStartupStopsGracefullyAfterStartup) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        signals.Watch(Ignore);
        kill(getpid(), SIGTERM);
        signals.Serving();
        std::exit(signals.Wait());
      },
      ExitedWithCode(SIGTERM), "");
}

TEST_F(StopSignalsTest, SecondSignalExceptSighupExitsImmediately) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        signals.Watch(Ignore);
        signals.Serving();
        kill(getpid(), SIGHUP);
        signals.Wait();
        kill(getpid(), SIGHUP);
        kill(getpid(), SIGINT);
        Hang();
      },
      KilledBySignal(SIGINT), "signal 2: stopped without waiting");
}

TEST_F(StopSignalsTest, ShutdownPastDeadlineIsKilled) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        signals.Watch(Ignore);
        signals.Serving();
        kill(getpid(), SIGTERM);
        signals.Wait();
        signals.SetDeadline(absl::Milliseconds(1));
        Hang();
      },
      KilledBySignal(SIGALRM), "did not finish in time");
}

}  // namespace
}  // namespace wriftai
