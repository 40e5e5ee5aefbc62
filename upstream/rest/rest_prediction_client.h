#ifndef WRIFTAI_UPSTREAM_REST_REST_PREDICTION_CLIENT_H_
#define WRIFTAI_UPSTREAM_REST_REST_PREDICTION_CLIENT_H_

#include <functional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "base/worker_pool.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/http/http_transport.h"
#include "upstream/json/decode_stats.h"
#include "upstream/prediction_client.h"
#include "upstream/rest/rest_call.h"
#include "upstream/rest/upstream_health.h"

namespace wriftai {

// The documented ways to create; none has been withdrawn.
enum class CreatePath {
  kPredictions,  // POST /predictions, the newest: the model in the body.
  kModels,       // POST /models/{owner}/{name}[/versions/{number}]/predictions.
};

struct RestClientOptions {
  // Without a slash at the end.
  std::string base_url = "https://api.wrift.ai/v1";

  CreatePath create_path = CreatePath::kPredictions;

  // One attempt of a read or a cancel: three times the official Python
  // client's 10 s, since large outputs take their time.
  absl::Duration read_timeout = absl::Seconds(30);

  // A create, beyond what the upstream was allowed to hold it: giving up early
  // leaves a paid prediction whose id nobody knows.
  absl::Duration create_timeout = absl::Seconds(60);
};

// The upstream over REST: paths, headers and bodies; what comes back is decoded
// (where it is large, by `workers`; null: all on the loop)
// by json/ and judged by http_status.h. Every request has its place in the
// credential's budget.
//
// Threads: loop. EventLoop, transport, budgets and random must outlive it and
// its calls; it must outlive its calls. Fails: see PredictionClient.
class RestPredictionClient : public PredictionClient {
 public:
  RestPredictionClient(RestClientOptions options, EventLoop& event_loop,
                       HttpTransport& transport, BudgetRegistry& budgets,
                       Random& random, WorkerPool* workers = nullptr);

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle Create(CallContext context, CreateParams params,
                    PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;
  CallHandle Cancel(CallContext context, std::string id,
                    CancelDone done) override;

  // What could not be passed on exactly, of responses and, where the owner adds
  // them, of webhooks.
  DecodeStats& decode_stats() { return decode_stats_; }
  const DecodeStats& decode_stats() const { return decode_stats_; }

  // What the responses so far say of the upstream.
  UpstreamHealth& health() { return health_; }

  // Ends all calls under way, each by RestCall::Abort().
  void AbortAll(const std::function<absl::Status()>& unsent);

 private:
  class Tracked;
  struct Steps;

  HttpRequest Request(HttpMethod method, absl::string_view path,
                      const CallContext& context) const;
  CallHandle Send(CallContext&& context, CallSubject subject,
                  HttpRequest request, RestCall::Done done);

  // The same for a response that `decode` makes a T of, on any thread.
  template <typename T, typename Decode>
  CallHandle SendAndDecode(CallContext&& context, CallSubject subject,
                           HttpRequest&& request,
                           absl::AnyInvocable<void(absl::StatusOr<T>)> done,
                           Decode decode);

  // Ends a call with what its 2xx response was decoded to, and counts what was
  // inexact in it; or says why it could not be decoded. Then it was perhaps
  // not the answer to this request, and the connections of `owner`, the
  // credential's key, are not trusted with the next one.
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
  DecodeStats decode_stats_;
  std::set<RestCall*> under_way_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_REST_PREDICTION_CLIENT_H_
