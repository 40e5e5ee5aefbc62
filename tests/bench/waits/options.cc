#include "tests/bench/waits/options.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/flag_set.h"
#include "tests/bench/waits/scenarios.h"

namespace wriftai::bench {
namespace {

constexpr int64_t kMaxWaiters = 100'000;
constexpr absl::Duration kMaxDuration = absl::Hours(1);

// Small enough for CI, large enough for the same ratios: the read rate grows as
// the number of predictions shrinks.
void Shorten(Options& options) {
  options.read_rate = 10;
  options.waiters = 1000;
  options.predictions = 140;
  options.run_time = absl::Seconds(4);
  // Fixed costs weigh more at this scale: the oracle reads at the start of a
  // second and the gateway within it, and Gets use reads. So ends come at once
  // and Gets are few.
  options.end_rate = 200;
  options.get_interval = absl::Seconds(5);
  options.poll_interval = absl::Milliseconds(200);
  options.replicas_waiters = 400;
  options.replicas_predictions = 40;
  options.shared_waiters = 100;
  options.shared_predictions = 20;
  options.shared_run_time = absl::Seconds(4);
  options.large_waiters = 500;
  options.large_predictions = 50;
  options.small_rounds = 2;
  options.small_run_time = absl::Seconds(1);
  options.one_rounds = 3;
  options.one_run_time = absl::Seconds(1);
  options.create_time = absl::Seconds(5);
  options.webhook_run_time = absl::Seconds(1);
  options.idle_waiters = 500;
  options.idle_predictions = 20;
  options.get_rounds = 2;
  options.get_round_time = absl::Seconds(1);
  options.patience = absl::Seconds(2);
}

void AddRunFlags(FlagSet& flags, Options& options) {
  flags.Add("gateway", &options.gateway, "The gateway's program.");
  flags.Add("sandbox", &options.sandbox, "The sandbox's program.");
  flags.Add("etcd", &options.etcd, "etcd's program, for replicas.");
  flags.Add(
      "scenario",
      [&options](absl::string_view text) {
        if (FindScenario(text) == nullptr) {
          return absl::InvalidArgumentError(
              absl::StrCat("expected one of: ", ScenarioNames()));
        }
        options.scenarios.emplace_back(text);
        return absl::OkStatus();
      },
      absl::StrCat("Scenario to run: ", ScenarioNames(), ". May be repeated."),
      "all");
  flags.Add("short", &options.is_short,
            "Use smaller defaults for the flags below; runs all scenarios in "
            "about two minutes.");
  flags.Add("json", &options.json, "File to write the figures to, as JSON.");
  flags.Add(
      "check",
      [&options](absl::string_view text) {
        if (text == "none") {
          options.check = Check::kNone;
        } else if (text == "counts") {
          options.check = Check::kCounts;
        } else if (text == "all") {
          options.check = Check::kAll;
        } else {
          return absl::InvalidArgumentError("expected none, counts or all");
        }
        return absl::OkStatus();
      },
      "Exit with status 1 if a bound is not met: `counts` checks bounds on "
      "counts, `all` also those on times.",
      "none");
}

void AddLoadFlags(FlagSet& flags, Options& options) {
  flags.Add("read_rate", &options.read_rate, 2, 1000,
            "Reads per second of the clock that upstream allows per token.");
  flags.Add("end_rate", &options.end_rate, 0, 100'000,
            "Ends per second upstream; 0: five times the read rate.");
  flags.Add("waiters", &options.waiters, 1, kMaxWaiters,
            "load: number of waits.");
  flags.Add("predictions", &options.predictions, 1, kMaxWaiters,
            "load: number of predictions.");
  flags.Add("run_time", &options.run_time, absl::Seconds(1), kMaxDuration,
            "load, replicas: time from the creation to the first end.");
  flags.Add("get_interval", &options.get_interval, absl::Milliseconds(10),
            kMaxDuration, "load, replicas: interval of interactive Gets.");
  flags.Add(
      "poll_interval", &options.poll_interval, absl::Milliseconds(100),
      kMaxDuration,
      "load, replicas, second_consumer: poll interval that waits request.");
  flags.Add("naive_connections", &options.naive_connections, 1, 500,
            "Number of sockets that the naive clients share.");
  flags.Add("patience", &options.patience, absl::ZeroDuration(), kMaxDuration,
            "Waits are lost after twice the time that the budget needs, plus "
            "this.");
  flags.Add("seed", &options.seed, 0, int64_t{1} << 32,
            "Seed of all random numbers.");
}

void AddOtherFlags(FlagSet& flags, Options& options) {
  flags.Add("replicas_waiters", &options.replicas_waiters, 1, kMaxWaiters,
            "replicas: number of waits.");
  flags.Add("replicas_predictions", &options.replicas_predictions, 1,
            kMaxWaiters, "replicas: number of predictions.");
  flags.Add("shared_waiters", &options.shared_waiters, 1, kMaxWaiters,
            "second_consumer: number of waits.");
  flags.Add("shared_predictions", &options.shared_predictions, 1, kMaxWaiters,
            "second_consumer: number of predictions.");
  flags.Add("shared_run_time", &options.shared_run_time, absl::Seconds(4),
            kMaxDuration,
            "second_consumer: time from the creation to the first end.");
  flags.Add("large_waiters", &options.large_waiters, 1, kMaxWaiters,
            "two_credentials: number of waits with the large credential.");
  flags.Add("large_predictions", &options.large_predictions, 1, kMaxWaiters,
            "two_credentials: number of predictions of the large credential.");
  flags.Add("small_waiters", &options.small_waiters, 1, 100,
            "two_credentials: number of concurrent waits with the small "
            "credential, each for a separate prediction.");
  flags.Add(
      "small_rounds", &options.small_rounds, 1, 1000,
      "two_credentials: number of sequential waits of each small waiter.");
  flags.Add("small_run_time", &options.small_run_time, absl::Seconds(1),
            kMaxDuration,
            "two_credentials: mean run time of the small credential's "
            "predictions.");
  flags.Add("one_rounds", &options.one_rounds, 1, 1000,
            "one: number of sequential predictions.");
  flags.Add("one_run_time", &options.one_run_time, absl::Seconds(1),
            kMaxDuration, "one: mean run time of the predictions.");
}

void AddWebhookFlags(FlagSet& flags, Options& options) {
  flags.Add("create_rate", &options.create_rate, 1, 1000,
            "webhooks: creates per second, and upstream's limit.");
  flags.Add("create_time", &options.create_time, absl::Seconds(1), kMaxDuration,
            "webhooks: how long to create predictions.");
  flags.Add("webhook_run_time", &options.webhook_run_time,
            absl::Milliseconds(100), kMaxDuration,
            "webhooks: run time of each prediction.");
  flags.Add("idle_waiters", &options.idle_waiters, 1, kMaxWaiters,
            "webhooks: number of additional waits whose predictions do not "
            "change.");
  flags.Add("idle_predictions", &options.idle_predictions, 1, kMaxWaiters,
            "webhooks: number of predictions of the idle waits.");
  flags.Add("get_rounds", &options.get_rounds, 1, 1000,
            "forwarded_get: number of rounds at each replica.");
  flags.Add("get_round_time", &options.get_round_time, absl::Seconds(1),
            kMaxDuration, "forwarded_get: duration of a round.");
  flags.Add("get_round_interval", &options.get_round_interval,
            absl::Milliseconds(1), kMaxDuration,
            "forwarded_get: interval of the Gets.");
}

}  // namespace

absl::StatusOr<Options> ParseOptions(
    const std::string& program, const std::vector<std::string>& arguments) {
  Options options;
  // --short changes defaults, so it is evaluated before the flags are added.
  if (std::count(arguments.begin(), arguments.end(), "--short") > 0) {
    Shorten(options);
  }
  const std::string folder = program.substr(0, program.rfind('/') + 1);
  options.gateway = absl::StrCat(folder, "wriftai-gateway");
  options.sandbox = absl::StrCat(folder, "wriftai-sandbox");
  options.etcd = WRIFTAI_TOOLS "/etcd";
  options.bare_grpc = absl::StrCat(folder, "bare_grpc");
  FlagSet flags("waits [flags]",
                "Measures the cost and delay of waits through the gateway, "
                "with a strict upstream, and compares them with naive clients.",
                "");
  AddRunFlags(flags, options);
  AddLoadFlags(flags, options);
  AddOtherFlags(flags, options);
  AddWebhookFlags(flags, options);
  options.help = flags.Help();
  const auto rest = flags.Parse(arguments, std::getenv);
  if (!rest.ok()) return rest.status();
  options.help_requested = flags.help_requested();
  if (!rest->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument: ", rest->front(), "; see --help"));
  }
  return options;
}

}  // namespace wriftai::bench
