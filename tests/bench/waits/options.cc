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
constexpr absl::Duration kLongest = absl::Hours(1);

// Small enough for CI, large enough for the ratios to be the same: reads are
// faster by as much as predictions are fewer.
void Shorten(Options& options) {
  options.read_rate = 10;
  options.waiters = 1000;
  options.predictions = 140;
  options.run_time = absl::Seconds(4);
  // What does not shrink with the rest weighs more here: the oracle reads at
  // the start of a second, the gateway in the midst of it, and Gets take reads.
  // So ends come at once, and Gets are few.
  options.end_rate = 200;
  options.get_interval = absl::Seconds(5);
  options.poll_interval = absl::Milliseconds(200);
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
  options.patience = absl::Seconds(2);
}

void AddRunFlags(FlagSet& flags, Options& options) {
  flags.Add("gateway", &options.gateway, "The gateway's program.");
  flags.Add("sandbox", &options.sandbox, "The sandbox's program.");
  flags.Add(
      "scenario",
      [&options](absl::string_view text) {
        if (FindScenario(text) == nullptr) {
          return absl::InvalidArgumentError(
              absl::StrCat("wanted one of: ", ScenarioNames()));
        }
        options.scenarios.emplace_back(text);
        return absl::OkStatus();
      },
      absl::StrCat("What to run: ", ScenarioNames(), ". May be repeated."),
      "all");
  flags.Add("short", &options.is_short,
            "Other defaults below: all of it in less than a minute.");
  flags.Add("json", &options.json, "File for the figures, as JSON.");
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
          return absl::InvalidArgumentError("wanted none, counts or all");
        }
        return absl::OkStatus();
      },
      "Which bounds end it with status 1 when they are not met: those of "
      "counts alone, or of times as well.",
      "none");
}

void AddLoadFlags(FlagSet& flags, Options& options) {
  flags.Add("read_rate", &options.read_rate, 2, 1000,
            "Reads per second of the clock that upstream lets in per token.");
  flags.Add("end_rate", &options.end_rate, 0, 100'000,
            "Ends per second upstream; 0: five times the read rate.");
  flags.Add("waiters", &options.waiters, 1, kMaxWaiters, "load: waits.");
  flags.Add("predictions", &options.predictions, 1, kMaxWaiters,
            "load: predictions that they wait for.");
  flags.Add("run_time", &options.run_time, absl::Seconds(1), kLongest,
            "load: from the creation to the first end.");
  flags.Add("get_interval", &options.get_interval, absl::Milliseconds(10),
            kLongest, "load: one interactive Get in each.");
  flags.Add("poll_interval", &options.poll_interval, absl::Milliseconds(100),
            kLongest, "load, second_consumer: how often waits ask to be told.");
  flags.Add("naive_connections", &options.naive_connections, 1, 500,
            "Sockets of the naive clients together.");
  flags.Add("patience", &options.patience, absl::ZeroDuration(), kLongest,
            "Waits are given up this long after twice the time that the "
            "budget needs.");
  flags.Add("seed", &options.seed, 0, int64_t{1} << 32, "For all chance.");
}

void AddOtherFlags(FlagSet& flags, Options& options) {
  flags.Add("shared_waiters", &options.shared_waiters, 1, kMaxWaiters,
            "second_consumer: waits.");
  flags.Add("shared_predictions", &options.shared_predictions, 1, kMaxWaiters,
            "second_consumer: predictions that they wait for.");
  flags.Add("shared_run_time", &options.shared_run_time, absl::Seconds(4),
            kLongest, "second_consumer: from the creation to the first end.");
  flags.Add("large_waiters", &options.large_waiters, 1, kMaxWaiters,
            "two_credentials: waits of the large one.");
  flags.Add("large_predictions", &options.large_predictions, 1, kMaxWaiters,
            "two_credentials: predictions that they wait for.");
  flags.Add("small_waiters", &options.small_waiters, 1, 100,
            "two_credentials: waits of the small one at a time, each for a "
            "prediction of its own.");
  flags.Add("small_rounds", &options.small_rounds, 1, 1000,
            "two_credentials: how many each of them does one after the other.");
  flags.Add("small_run_time", &options.small_run_time, absl::Seconds(1),
            kLongest, "two_credentials: what they take on average.");
  flags.Add("one_rounds", &options.one_rounds, 1, 1000,
            "one: predictions, one after the other.");
  flags.Add("one_run_time", &options.one_run_time, absl::Seconds(1), kLongest,
            "one: what they take on average.");
}

void AddWebhookFlags(FlagSet& flags, Options& options) {
  flags.Add("create_rate", &options.create_rate, 1, 1000,
            "webhooks: creates per second, as upstream lets them in.");
  flags.Add("create_time", &options.create_time, absl::Seconds(1), kLongest,
            "webhooks: for how long predictions are created.");
  flags.Add("webhook_run_time", &options.webhook_run_time,
            absl::Milliseconds(100), kLongest, "webhooks: what each takes.");
  flags.Add("idle_waiters", &options.idle_waiters, 1, kMaxWaiters,
            "webhooks: waits beside them for which nothing happens.");
  flags.Add("idle_predictions", &options.idle_predictions, 1, kMaxWaiters,
            "webhooks: predictions that those wait for.");
}

}  // namespace

absl::StatusOr<Options> ParseOptions(
    const std::string& program, const std::vector<std::string>& arguments) {
  Options options;
  // It changes defaults, so it must be known before they are.
  if (std::count(arguments.begin(), arguments.end(), "--short") > 0) {
    Shorten(options);
  }
  const std::string folder = program.substr(0, program.rfind('/') + 1);
  options.gateway = absl::StrCat(folder, "wriftai-gateway");
  options.sandbox = absl::StrCat(folder, "wriftai-sandbox");
  FlagSet flags("waits [flags]",
                "Measures what waiting through the gateway costs and takes, "
                "against a strict upstream and beside naive clients.",
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
        absl::StrCat(rest->front(), ": unknown argument; see --help"));
  }
  return options;
}

}  // namespace wriftai::bench
