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
#include "upstream/prediction_client.h"

namespace wriftai {

// Creates that happen once, over an upstream without idempotency keys: a create
// with a request id (AIP-155) is sent by the first call alone; further calls
// with that id and credential join it while it is under way, and get its answer
// for kReplayWindow after. It belongs to no caller: it goes on when they leave.
//
// An answer that says for certain that nothing was created (a refusal, an
// unsent request) is forgotten, so that the same id may try again. Every other
// failure is an answer like any: CREATE_OUTCOME_UNKNOWN stays what it is.
//
// Threads: loop. Owns: the creates under way, the answers. EventLoop and client
// must outlive it; it must outlive the handles it gives. Fails: by the client's
// table; INVALID_ARGUMENT (request_id) for a different create under a used id;
// RESOURCE_EXHAUSTED (TOO_MANY_REQUEST_IDS, RetryInfo) where there is no room
// for one more id.
class CreateDeduplicator {
 public:
  // How long an answer is kept: far longer than any caller retries.
  static constexpr absl::Duration kReplayWindow = absl::Hours(1);

  // Ids that are kept, some 360 bytes each. A credential may have as many as
  // are still free (DynamicThresholdLimiter): one alone half of them, the 15
  // creates a second of the published limit for kReplayWindow. What is more is
  // refused: forgetting one early could start a paid prediction twice.
  static constexpr size_t kMaxIds = 108'000;
  static constexpr size_t kShare = 1;

  // Memory of predictions (inputs, mostly) that are kept with the answers.
  // Beyond it the oldest are reduced to their ids and fetched when asked for.
  static constexpr size_t kMaxBytes = 64 << 20;

  CreateDeduplicator(EventLoop& event_loop, PredictionClient& client);
  ~CreateDeduplicator();

  // `request_id`: a UUID in lower case. The handle is the caller's interest
  // alone: dropping it does not stop the create. The caller's deadline ends
  // its own waiting (DEADLINE_EXCEEDED), not the create.
  [[nodiscard]] CallHandle Create(CallContext context,
                                  const std::string& request_id,
                                  CreateParams params,
                                  PredictionClient::PredictionDone done);

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
  CallHandle Begin(const Digest& key, const Digest& fingerprint,
                   CallContext context, CreateParams params,
                   PredictionClient::PredictionDone done);
  CallHandle Join(absl::Time deadline, const Entry& entry,
                  PredictionClient::PredictionDone done);
  CallHandle Replay(CallContext context, const Entry& entry,
                    PredictionClient::PredictionDone done);
  CallHandle Complete(absl::StatusOr<v1::Prediction> answer,
                      PredictionClient::PredictionDone done);
  absl::Status TooManyRequestIds(size_t count) const;
  void OnCreated(const Digest& key,
                 const absl::StatusOr<v1::Prediction>& created);
  void Erase(Entries::iterator entry);
  void Expire();
  void Shrink();

  EventLoop& event_loop_;
  PredictionClient& client_;
  Entries entries_;
  DynamicThresholdLimiter ids_{kMaxIds, kShare};  // By the credential's key.
  std::deque<Digest>
      answered_;            // Oldest first: the order in which they expire.
  size_t first_whole_ = 0;  // Of answered_: those before it are ids alone.
  size_t kept_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_CREATE_DEDUPLICATOR_H_
