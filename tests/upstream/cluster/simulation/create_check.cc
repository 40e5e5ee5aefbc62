#include "tests/upstream/cluster/simulation/create_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::cluster {
namespace {

constexpr char kFingerprint[] = "f";

// Between two new creates, and between two tries of one.
constexpr absl::Duration kInterval = absl::Milliseconds(700);
constexpr absl::Duration kRetryInterval = absl::Milliseconds(400);

}  // namespace

void CreateCheck::Call() {
  const size_t tag = static_cast<size_t>(cluster_.random.Uniform() *
                                         static_cast<double>(tags_.size()));
  const std::string id = absl::StrCat("r", creates_.size());
  creates_[id].tag = tags_[tag];
  Retry(id);
  cluster_.RunIn(kInterval, [this] { Call(); });
}

void CreateCheck::Retry(const std::string& id) {
  const Create& create = creates_[id];
  if (create.done) return;
  // Impatient callers may try at two processes at once.
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    if (cluster_.IsRunning(slot) &&
        cluster_.node(slot)->tenures.EpochOf(create.tag).has_value()) {
      BeginAt(slot, id);
    }
  }
  cluster_.RunIn(kRetryInterval * (0.5 + cluster_.random.Uniform()),
                 [this, id] { Retry(id); });
}

void CreateCheck::BeginAt(size_t slot, const std::string& id) {
  cluster_.node(slot)->requests.Begin(
      creates_[id].tag, id, kFingerprint,
      [this, slot, id](const absl::StatusOr<BeginResult>& begun) {
        OnBegun(slot, id, begun);
      });
}

void CreateCheck::OnBegun(size_t slot, const std::string& id,
                          const absl::StatusOr<BeginResult>& begun) {
  if (!begun.ok()) return;
  Create& create = creates_[id];
  switch (begun->verdict) {
    case BeginResult::Verdict::kSend:
      // A moment later: the process may be stopped between the two.
      cluster_.slot(slot).loop->RunIn(
          absl::Milliseconds(20) * cluster_.random.Uniform(),
          [this, slot, id, attempt = begun->attempt] {
            Send(slot, id, attempt);
          });
      return;
    case BeginResult::Verdict::kAnswered:
      ++answered_;
      create.done = true;
      if (begun->record.result != create.result) {
        violations_.push_back(absl::StrCat("create ", id, " got ",
                                           begun->record.result, ", expected ",
                                           create.result));
      }
      return;
    case BeginResult::Verdict::kOutcomeUnknown:
      ++unknown_;
      create.done = true;
      return;
    case BeginResult::Verdict::kInProgress:
      return;
  }
}

void CreateCheck::Send(size_t slot, const std::string& id,
                       const std::string& attempt) {
  Create& create = creates_[id];
  ++sent_;
  if (++create.posts > 1) {
    violations_.push_back(absl::StrCat("create ", id, " was sent twice"));
  }
  const absl::Duration delay =
      absl::Milliseconds(50) + absl::Seconds(1) * cluster_.random.Uniform();
  cluster_.slot(slot).loop->RunIn(
      delay, [this, slot, id, attempt] { OnResponse(slot, id, attempt); });
}

void CreateCheck::OnResponse(size_t slot, const std::string& id,
                             const std::string& attempt) {
  Create& create = creates_[id];
  RequestRecords& requests = cluster_.node(slot)->requests;
  if (cluster_.random.Uniform() < 0.2) {
    // Rejected: nothing was created.
    --create.posts;
    requests.Settle(attempt, std::nullopt);
  } else {
    create.result = absl::StrCat("result of ", attempt);
    requests.Settle(attempt, create.result);
  }
}

}  // namespace wriftai::cluster
