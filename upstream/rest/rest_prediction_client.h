#ifndef WRIFTAI_UPSTREAM_REST_REST_PREDICTION_CLIENT_H_
#define WRIFTAI_UPSTREAM_REST_REST_PREDICTION_CLIENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "base/worker_pool.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/http/http_transport.h"
#include "upstream/json/decode_stats.h"
#include "upstream/prediction_calls.h"
#include "upstream/rest/rest_call.h"
#include "upstream/rest/upstream_health.h"
#include "upstream/rest/upstream_stats.h"

namespace wriftai {

// The documented create endpoints. None is deprecated.
enum class CreatePath {
  kPredictions,  // POST /predictions, the newest: the model in the body.
  kModels,       // POST /models/{owner}/{name}[/versions/{number}]/predictions.
};

struct RestClientOptions {
  // Without a trailing slash.
  std::string base_url = "https://api.wrift.ai/v1";

  CreatePath create_path = CreatePath::kPredictions;

  // For one attempt of a read or a cancel: three times the 10 s of the official
  // Python client, since large outputs take longer.
  absl::Duration read_timeout = absl::Seconds(30);

  // For a create, in addition to `server_wait`. Giving up early leaves a paid
  // prediction with an unknown ID.
  absl::Duration create_timeout = absl::Seconds(60);
};

// The upstream over REST: paths, headers and bodies. Responses are decoded by
// json/ and mapped to errors by http_status.h. `workers` decode large
// responses; if null, the loop decodes all. Every request needs a permit of the
// credential's budget.
//
// Threads: loop. EventLoop, transport, budgets and random must outlive it and
// its calls; it must outlive its calls. Fails: see PredictionReader.
class RestPredictionClient final : public PredictionReader,
                                   public PredictionCreator {
 public:
  using CancelDone = absl::AnyInvocable<void(absl::Status)>;

  RestPredictionClient(RestClientOptions options, EventLoop& event_loop,
                       HttpTransport& transport, BudgetRegistry& budgets,
                       Random& random, WorkerPool* workers = nullptr);

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle Create(CallContext context, CreateParams params,
                    PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;

  // OK: the upstream accepted the cancellation. Not retried. `id` is a UUID.
  [[nodiscard]] CallHandle Cancel(CallContext context, std::string id,
                                  CancelDone done);

  // Counts inexact fields of responses and, if the owner adds them, of
  // webhooks.
  DecodeStats& decode_stats() { return decode_stats_; }
  const DecodeStats& decode_stats() const { return decode_stats_; }

  // The health of the upstream by its responses so far.
  UpstreamHealth& health() { return health_; }

  // Its requests so far.
  const UpstreamStats& stats() const { return stats_; }

  // Ends all calls in flight with RestCall::Abort().
  void AbortAll(const std::function<absl::Status()>& unsent);

 private:
  class Tracked;
  struct Steps;

  HttpRequest Request(HttpMethod method, absl::string_view path,
                      const CallContext& context) const;
  CallHandle Send(CallContext&& context, CallSubject subject,
                  HttpRequest request, RestCall::Done done);

  // Sends, and decodes the response with `decode`, which runs on any thread and
  // may take the body's memory.
  template <typename T, typename Decode>
  CallHandle SendAndDecode(CallContext&& context, CallSubject subject,
                           HttpRequest&& request,
                           absl::AnyInvocable<void(absl::StatusOr<T>)> done,
                           Decode decode);

  // Completes a call with its decoded 2xx response, and counts inexact fields.
  // On a decoding error, the response may belong to another request, so the
  // connections of `owner`, the credential's key, are retired.
  template <typename T>
  void Complete(const std::string& owner, const HttpResponse& response,
                const CallSubject& subject, absl::StatusOr<T> decoded,
                absl::AnyInvocable<void(absl::StatusOr<T>)>& done);

  const RestClientOptions options_;
  EventLoop& event_loop_;
  HttpTransport& transport_;
  BudgetRegistry& budgets_;
  Random& random_;
  WorkerPool* const workers_;
  UpstreamHealth health_;
  UpstreamStats stats_;
  DecodeStats decode_stats_;
  std::map<uint64_t, RestCall*> in_flight_;  // In the order of their start.
  uint64_t next_call_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_REST_PREDICTION_CLIENT_H_
