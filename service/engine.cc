#include "service/engine.h"

#include <utility>

#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Waits that are sent away come back within this, spread evenly: 10,000 of
// them make 2,000 a second for the other replicas.
constexpr absl::Duration kDrainSpread = absl::Seconds(5);

}  // namespace

Engine::Engine(const Config& config, std::unique_ptr<TokenSource> token,
               Scheduler& scheduler, HttpTransport& transport,
               uint64_t random_seed)
    : credentials_(config.credentials),
      max_wait_(config.max_wait),
      scheduler_(scheduler),
      token_(std::move(token)),
      random_(random_seed),
      client_(config.upstream, scheduler, transport, random_),
      creates_(scheduler, client_),
      watches_(scheduler, client_, random_) {}

absl::StatusOr<CallContext> Engine::ContextFor(const Caller& caller) {
  auto credential = ChooseCredential(credentials_, caller.credential, *token_);
  if (!credential.ok()) return credential.status();
  CallContext context;
  context.credential = *std::move(credential);
  context.deadline = caller.deadline;
  return context;
}

absl::Status Engine::AdmitWait() {
  return draining_ ? Draining() : absl::OkStatus();
}

WatchOptions Engine::Bounded(WatchOptions options) const {
  options.end_at = scheduler_.Now() + max_wait_;
  return options;
}

void Engine::BeginDrain() {
  draining_ = true;
  watches_.FailAll([this] { return Draining(); });
}

CallHandle Engine::Create(CallContext context, std::string request_id,
                          CreateParams params,
                          PredictionClient::PredictionDone done) {
  if (request_id.empty()) {
    return client_.Create(std::move(context), std::move(params),
                          std::move(done));
  }
  return creates_.Create(std::move(context), std::move(request_id),
                         std::move(params), std::move(done));
}

absl::Status Engine::Draining() {
  absl::Status status = GatewayError(
      absl::StatusCode::kUnavailable, "DRAINING",
      "this gateway is shutting down; wait again, another one will answer");
  SetRetryDelay(kDrainSpread * random_.Uniform(), status);
  return status;
}

}  // namespace wriftai
