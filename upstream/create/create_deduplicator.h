#ifndef WRIFTAI_UPSTREAM_CREATE_CREATE_DEDUPLICATOR_H_
#define WRIFTAI_UPSTREAM_CREATE_CREATE_DEDUPLICATOR_H_

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "absl/container/node_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/dynamic_threshold_limiter.h"
#include "base/event_loop.h"
#include "upstream/create/recorded_creator.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Deduplicates creates, because the upstream has no idempotency keys. Only the
// first call with a request ID (AIP-155) sends the create. Later calls with the
// same ID and credential join it while it is in flight, and get its result for
// kReplayWindow afterwards. The create continues when its callers cancel.
//
// A result that proves that nothing was created (a rejection, or an unsent
// request) is forgotten, so a retry with the same ID sends a new create. Every
// other failure is kept, CREATE_OUTCOME_UNKNOWN included.
//
// Threads: loop. Owns: creates in flight, results. EventLoop, creator and
// reader must outlive it; it must outlive its handles. Fails: by the client's
// table; INVALID_ARGUMENT (request_id) if the ID was used for a different
// create; RESOURCE_EXHAUSTED (TOO_MANY_REQUEST_IDS, RetryInfo) if too many IDs
// are kept.
class CreateDeduplicator {
 public:
  // How long a result is kept. Far longer than any caller retries.
  static constexpr absl::Duration kReplayWindow = absl::Hours(1);

  // Maximum IDs kept, about 360 bytes each. A credential may keep as many as
  // are free (DynamicThresholdLimiter). A single credential can thus keep half
  // of them: the published limit of 15 creates per second for kReplayWindow.
  // Further IDs are rejected: forgetting one early could start a paid
  // prediction twice.
  static constexpr size_t kMaxIds = 108'000;
  static constexpr size_t kShare = 1;

  // Maximum memory of the predictions kept as results, mostly inputs. Beyond
  // it, the oldest results keep only the ID and are fetched on demand.
  static constexpr size_t kMaxBytes = 64 << 20;

  // `creator` sends the creates; `reader` fetches results kept as an ID only.
  // `recorded` sends them instead if other replicas may have sent them, too;
  // may be null.
  CreateDeduplicator(EventLoop& event_loop, PredictionCreator& creator,
                     PredictionReader& reader,
                     RecordedCreator* recorded = nullptr);
  ~CreateDeduplicator();

  // `request_id`: a UUID in lower case. Destroying the handle does not stop the
  // create. The deadline ends the caller's wait (DEADLINE_EXCEEDED), not the
  // create.
  [[nodiscard]] CallHandle Create(CallContext context,
                                  const std::string& request_id,
                                  CreateParams params, PredictionDone done);

  size_t kept_ids() const { return entries_.size(); }
  size_t kept_bytes() const { return kept_bytes_; }

 private:
  class Joiner;
  struct InFlight;
  struct Entry;
  using Digest = std::array<char, 32>;  // SHA-256.
  // By the digest of the credential's key and the request id.
  using Entries = absl::node_hash_map<Digest, Entry>;

  static Digest DigestOf(absl::string_view data);
  CallHandle Begin(const Digest& key, const std::string& request_id,
                   const Digest& fingerprint, CallContext context,
                   CreateParams params, PredictionDone done);
  CallHandle Join(absl::Time deadline, const Entry& entry, PredictionDone done);
  CallHandle Replay(CallContext context, const Entry& entry,
                    PredictionDone done);
  CallHandle Complete(absl::StatusOr<v1::Prediction> result,
                      PredictionDone done);
  absl::Status TooManyRequestIds(size_t count) const;
  void OnCreated(const Digest& key,
                 const absl::StatusOr<v1::Prediction>& created,
                 bool is_outcome);
  void Erase(Entries::iterator entry);
  void EvictExpired();
  void EvictPredictions();

  EventLoop& event_loop_;
  PredictionCreator& creator_;
  PredictionReader& reader_;
  RecordedCreator* const recorded_;
  Entries entries_;
  DynamicThresholdLimiter ids_{kMaxIds, kShare};  // By the credential's key.
  std::deque<Digest> completed_;  // Oldest first, the order of expiry.
  // Index into completed_. Results before it keep only the ID.
  size_t first_full_ = 0;
  size_t kept_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_CREATE_DEDUPLICATOR_H_
