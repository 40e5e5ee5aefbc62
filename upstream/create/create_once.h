#ifndef WRIFTAI_UPSTREAM_CREATE_CREATE_ONCE_H_
#define WRIFTAI_UPSTREAM_CREATE_CREATE_ONCE_H_

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "upstream/core/scheduler.h"
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
// Threads: loop. Owns: the creates under way, the answers. Scheduler and client
// must outlive it; it must outlive the handles it gives. Fails: by the client's
// table; INVALID_ARGUMENT (request_id) for a different create under a used id;
// RESOURCE_EXHAUSTED when kMostAnswers creates are kept already.
class CreateOnce {
 public:
  // How long an answer is kept: far longer than any caller retries.
  static constexpr absl::Duration kReplayWindow = absl::Hours(1);

  // Answers that are kept: 15 creates a second for kReplayWindow, the
  // published limit of one credential. More are refused: forgetting one early
  // could start a paid prediction twice.
  static constexpr size_t kMostAnswers = 54'000;

  // Bytes of predictions (inputs, mostly) that are kept with the answers.
  // Beyond it the oldest are reduced to their ids and fetched when asked for.
  static constexpr size_t kMostBytes = 64 << 20;

  CreateOnce(Scheduler& scheduler, PredictionClient& client);
  ~CreateOnce();

  // `request_id`: a UUID in lower case. The handle is the caller's interest
  // alone: dropping it does not stop the create. The caller's deadline ends
  // its own waiting (DEADLINE_EXCEEDED), not the create.
  [[nodiscard]] CallHandle Create(CallContext context, std::string request_id,
                                  CreateParams params,
                                  PredictionClient::PredictionDone done);

  size_t kept_bytes() const { return kept_bytes_; }

 private:
  class Interest;
  struct Entry;
  // The credential's key, the request id.
  using Key = std::pair<std::string, std::string>;

  CallHandle Join(const CallContext& context,
                  const std::shared_ptr<Entry>& entry,
                  PredictionClient::PredictionDone done);
  CallHandle Replay(CallContext context, const Entry& entry,
                    PredictionClient::PredictionDone done);
  void OnCreated(const Key& key, absl::StatusOr<v1::Prediction> created);
  void Forget();
  void Shrink();

  Scheduler& scheduler_;
  PredictionClient& client_;
  std::map<Key, std::shared_ptr<Entry>> entries_;
  std::deque<Key> answered_;  // Oldest first: the order in which they expire.
  size_t first_whole_ = 0;    // Of answered_: those before it are ids alone.
  size_t kept_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_CREATE_ONCE_H_
