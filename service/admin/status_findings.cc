#include "service/admin/status_findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/admin/number_text.h"
#include "service/engine/gateway_credential.h"
#include "service/telemetry/open_streams.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// A task waits this long if the CPU is busy or one task blocks the others. On
// an idle machine it waits far less than a millisecond.
constexpr double kSlowLoopSeconds = 0.1;

// Maximum number of credentials with findings. More would hide the other
// findings, and the table shows all credentials.
constexpr int kMaxCredentialsReported = 3;

class Findings {
 public:
  explicit Findings(status::Report& report) : report_(report) {}

  template <typename... Parts>
  void Add(status::Level level, const Parts&... parts) {
    status::Finding& finding = *report_.add_findings();
    finding.set_level(level);
    finding.set_text(absl::StrCat(parts...));
  }

  // Sorts by severity, keeping the order of insertion within each level.
  void Finish() {
    std::stable_sort(
        report_.mutable_findings()->pointer_begin(),
        report_.mutable_findings()->pointer_end(),
        [](const auto* a, const auto* b) { return a->level() > b->level(); });
    report_.set_level(report_.findings().empty() ? status::LEVEL_OK
                                                 : report_.findings(0).level());
  }

 private:
  status::Report& report_;
};

void FindProcess(const status::Report& report, Findings& findings) {
  if (report.phase() != "serving") {
    findings.Add(status::LEVEL_NOTICE, "The gateway is ", report.phase(),
                 report.phase() == "draining"
                     ? ": it accepts no new Waits and stops soon."
                     : ": it accepts no calls yet.");
  }
  if (!report.grpc_port_failure().empty()) {
    findings.Add(status::LEVEL_PROBLEM,
                 "Callers cannot connect: ", report.grpc_port_failure(),
                 ". /healthz fails until it recovers.");
  }
  if (report.loop_delay_seconds() >= kSlowLoopSeconds) {
    findings.Add(status::LEVEL_PROBLEM, "The event loop took ",
                 SecondsText(report.loop_delay_seconds()),
                 " to respond: the gateway is short of CPU time.");
  }
}

void FindUpstream(const status::Upstream& upstream, Findings& findings) {
  if (!upstream.healthy()) {
    findings.Add(status::LEVEL_PROBLEM, "WriftAI has been failing for ",
                 SecondsText(upstream.changed_seconds_ago()), ", last with ",
                 upstream.last_failure(),
                 ". Waits stay open; other calls end UNAVAILABLE.");
    return;
  }
  if (upstream.failing_credentials() == 0) return;
  findings.Add(status::LEVEL_PROBLEM, "All recent polls failed for ",
               CountText(upstream.failing_credentials()), " of ",
               CountText(upstream.polling_credentials(), "token", "tokens"),
               ". Waits stay open; see Last failures for the cause.");
}

// The gateway's own token was rejected within the last minutes. A caller's is
// the caller's mistake.
void FindRejectedToken(const status::Errors& errors, Findings& findings) {
  constexpr double kRecentSeconds = 120;
  for (const status::Error& error : errors.last()) {
    if (error.age_seconds() > kRecentSeconds ||
        error.credential() != GatewayCredential::kName) {
      continue;
    }
    if (error.reason() == v1::ErrorReason_Name(v1::TOKEN_REFUSED)) {
      findings.Add(status::LEVEL_PROBLEM,
                   "WriftAI rejects the gateway's own token (401), last ",
                   SecondsText(error.age_seconds()),
                   " ago: put a valid one into --access_token_file or "
                   "WRIFTAI_ACCESS_TOKEN.");
      return;
    }
    if (error.reason() == v1::ErrorReason_Name(v1::PAYMENT_REQUIRED)) {
      findings.Add(status::LEVEL_PROBLEM,
                   "WriftAI wants payment for the gateway's own token (402), "
                   "last ",
                   SecondsText(error.age_seconds()),
                   " ago: add credit to the account.");
      return;
    }
  }
}

// Less than one in twenty is normal during a rollout, for example. A problem
// found before explains them.
void FindFailedCalls(const status::Report& report, Findings& findings) {
  for (const status::Finding& finding : report.findings()) {
    if (finding.level() == status::LEVEL_PROBLEM) return;
  }
  constexpr double kMaxShare = 0.05;
  for (const status::Method& method : report.methods()) {
    const double ended = method.ok_recent() + method.failures_recent() +
                         method.caller_mistakes_recent();
    if (method.failures_recent() <= kMaxShare * ended) continue;
    findings.Add(status::LEVEL_NOTICE,
                 CountText(method.failures_recent(), "call", "calls"), " of ",
                 CountText(ended), " of ", method.name(),
                 " failed in the last 10 min: see Last failures.");
  }
}

void FindBucket(const std::string& name, const char* kind,
                const status::Bucket& bucket, Findings& findings) {
  if (bucket.limited_by_self_recent() > 0) {
    findings.Add(
        status::LEVEL_PROBLEM,
        CountText(bucket.limited_by_self_recent(), "response", "responses"),
        " with 429 to the gateway's own ", kind, "s (", name,
        "): WriftAI allows less than the configured rate.");
  }
  if (bucket.refused_calls_recent() > 0) {
    findings.Add(status::LEVEL_PROBLEM,
                 CountText(bucket.refused_calls_recent(), "call", "calls"),
                 " refused because the ", kind, " budget of ", name,
                 " was exhausted.");
  }
  if (bucket.limited_by_others_recent() > 0) {
    findings.Add(
        status::LEVEL_NOTICE,
        CountText(bucket.limited_by_others_recent(), "response", "responses"),
        " with 429 because others use the token ", name, ", too.");
  }
  if (Utilization(bucket) < kFullUtilization) return;
  findings.Add(
      status::LEVEL_NOTICE, "The ", kind, " budget of ", name,
      " is the bottleneck: ", RateText(bucket.sent_per_second()), " of ",
      RateText(bucket.allowed_per_second()), " requests/s used",
      AvailableRate(bucket) < bucket.allowed_per_second()
          ? ", shared with others"
          : "",
      bucket.queued_calls() > 0
          ? absl::StrCat(", ",
                         CountText(bucket.queued_calls(), "call", "calls"),
                         " queued")
          : "",
      ".");
}

void FindBudgets(const status::Report& report, Findings& findings) {
  int reported = 0;
  for (const status::Credential& credential : report.credentials()) {
    const int before = report.findings_size();
    FindBucket(credential.name(), "read", credential.reads(), findings);
    FindBucket(credential.name(), "create", credential.creates(), findings);
    if (report.findings_size() > before &&
        ++reported == kMaxCredentialsReported) {
      return;
    }
  }
}

void FindStreams(const status::Streams& streams, Findings& findings) {
  double lagging = 0;
  double longest = 0;
  for (const status::Stream& stream : streams.slowest()) {
    if (stream.write_seconds() < 1) continue;
    ++lagging;
    longest = std::max(longest, stream.write_seconds());
  }
  if (lagging == 0) return;
  const bool more = lagging == OpenStreams::kMaxSlowest;
  findings.Add(status::LEVEL_NOTICE, more ? "At least " : "",
               CountText(lagging, "reader lags", "readers lag"), " by up to ",
               SecondsText(longest),
               ": slow readers skip intermediate states.");
}

void FindWebhooks(const status::Webhooks& webhooks, Findings& findings) {
  if (webhooks.missed_recent() == 0) return;
  findings.Add(status::LEVEL_NOTICE,
               CountText(webhooks.missed_recent(), "change", "changes"),
               " of predictions with active webhooks came by a poll first: "
               "webhook events are being lost.");
}

void FindCluster(const status::Cluster& cluster, Findings& findings) {
  // Six reads in a row without an answer.
  constexpr double kOldSeconds = 1.5;
  if (cluster.name().empty()) return;
  if (cluster.session().empty()) {
    findings.Add(status::LEVEL_PROBLEM,
                 "This replica is not in the cluster: etcd does not answer, or "
                 "refuses it. See the log.");
  } else if (!cluster.admitted()) {
    findings.Add(status::LEVEL_PROBLEM,
                 "This replica is not ready: no other one that is has both "
                 "reached it and answered it on the port for replicas. See the "
                 "log.");
  } else if (!cluster.certain()) {
    findings.Add(status::LEVEL_PROBLEM,
                 "This replica is not certain of its session, so it sends "
                 "nothing: neither etcd nor every other replica confirms it.");
  } else if (cluster.certainty_age_seconds() > kOldSeconds) {
    findings.Add(status::LEVEL_NOTICE, "etcd has not answered for ",
                 SecondsText(cluster.certainty_age_seconds()),
                 "; the other replicas confirm this one's session. Creates "
                 "with a request_id fail.");
  }
}

std::string Summary(const status::Report& report) {
  const status::Credential* busiest = nullptr;
  double limited = 0;
  for (const status::Credential& credential : report.credentials()) {
    if (busiest == nullptr ||
        Utilization(credential.reads()) > Utilization(busiest->reads())) {
      busiest = &credential;
    }
    for (const auto* bucket : {&credential.reads(), &credential.creates()}) {
      limited +=
          bucket->limited_by_self_recent() + bucket->limited_by_others_recent();
    }
  }
  std::string summary = report.phase();
  summary[0] = absl::ascii_toupper(static_cast<unsigned char>(summary[0]));
  const status::Waits& waits = report.waits();
  absl::StrAppend(&summary, ", ", CountText(waits.waiters(), "wait", "waits"),
                  " on ",
                  CountText(waits.predictions(), "prediction", "predictions"));
  if (waits.oldest_state_seconds() > 0) {
    absl::StrAppend(&summary, ", oldest state ",
                    SecondsText(waits.oldest_state_seconds()));
  }
  if (busiest != nullptr) {
    const status::Bucket& reads = busiest->reads();
    absl::StrAppend(
        &summary, "; reads ", RateText(reads.sent_per_second()), " of ",
        RateText(reads.allowed_per_second()), "/s used",
        report.credentials_size() > 1 ? " by the busiest token" : "");
  }
  absl::StrAppend(&summary, "; ",
                  limited == 0 ? "no 429"
                               : CountText(limited, "response with 429",
                                           "responses with 429"),
                  ".");
  return summary;
}

}  // namespace

double AvailableRate(const status::Bucket& bucket) {
  const double reserved = bucket.window_limit() > 0
                              ? bucket.window_reserved() / bucket.window_limit()
                              : 0;
  return std::min(bucket.own_per_second(),
                  bucket.allowed_per_second() * (1 - std::min(reserved, 1.0)));
}

double Utilization(const status::Bucket& bucket) {
  const double available = AvailableRate(bucket);
  return available > 0 ? bucket.sent_per_second() / available : 0;
}

void AddFindings(status::Report& report) {
  Findings findings(report);
  FindProcess(report, findings);
  FindUpstream(report.upstream(), findings);
  FindRejectedToken(report.errors(), findings);
  FindBudgets(report, findings);
  FindFailedCalls(report, findings);
  FindStreams(report.streams(), findings);
  FindWebhooks(report.webhooks(), findings);
  FindCluster(report.cluster(), findings);
  findings.Finish();
  report.set_summary(Summary(report));
}

}  // namespace wriftai
