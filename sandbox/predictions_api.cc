#include "sandbox/predictions_api.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sandbox/json.h"
#include "sandbox/uuid.h"

namespace wriftai::sandbox {
namespace {

constexpr int64_t kMinPageSize = 5;
constexpr int64_t kMaxPageSize = 50;
constexpr int64_t kDefaultPageSize = 25;

// Keeps created_at, starts_at and ends_at distinct and after the first
// updated_at, even for very short runs.
constexpr absl::Duration kMinPending = absl::Microseconds(20);
constexpr absl::Duration kMinRun = absl::Microseconds(10);

absl::Time WholeMicros(absl::Time time) {
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

std::string ModelText(const ModelVersion& model) {
  return absl::StrCat(model.owner, "/", model.name, ":", model.number);
}

int64_t CeilSeconds(absl::Duration duration) {
  return absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

// Reads the prediction's id from the path.
std::variant<std::string, ValidationErrors> ReadId(const Route& route) {
  if (auto id = ParseUuid(route.arguments[0])) return *std::move(id);
  ValidationErrors errors;
  errors.Add({"path", "prediction_id"},
             "Input should be a valid UUID, invalid format", "uuid_parsing");
  return errors;
}

int64_t ReadPageSize(absl::string_view query, ValidationErrors* errors) {
  const QueryValue text = FindQueryValue(query, "page_size");
  if (!text.present) return kDefaultPageSize;
  int64_t page_size = 0;
  if (!absl::SimpleAtoi(text.text, &page_size)) {
    errors->Add({"query", "page_size"},
                "Input should be a valid integer, unable to parse string as "
                "an integer",
                "int_parsing");
  } else if (page_size < kMinPageSize) {
    errors->Add({"query", "page_size"},
                "Input should be greater than or equal to 5",
                "greater_than_equal");
  } else if (page_size > kMaxPageSize) {
    errors->Add({"query", "page_size"},
                "Input should be less than or equal to 50", "less_than_equal");
  }
  return page_size;
}

std::optional<PageCursor> ReadCursor(absl::string_view query,
                                     ValidationErrors* errors) {
  const QueryValue text = FindQueryValue(query, "cursor");
  if (!text.present) return std::nullopt;
  const std::optional<PageCursor> cursor = PageCursor::Decode(text.text);
  if (!cursor.has_value()) {
    errors->Add({"query", "cursor"}, "Invalid cursor", "value_error");
  }
  return cursor;
}

}  // namespace

PredictionsApi::PredictionsApi(SandboxState* state, std::string base_url)
    : state_(state),
      base_url_(std::move(base_url)),
      authenticator_(state->options.auth) {}

Response PredictionsApi::Handle(const Route& route, const Request& request) {
  const absl::Time now = state_->clock->Now();
  const Caller caller =
      authenticator_.Identify(request.Header("authorization"));
  const RateLimiter::Bucket bucket =
      caller.kind != Caller::Kind::kToken ? RateLimiter::Bucket::kAnonymous
      : route.creates()                   ? RateLimiter::Bucket::kCreate
                                          : RateLimiter::Bucket::kRead;
  RateLimiter::Decision decision;
  Response response;
  if (caller.kind == Caller::Kind::kRejected) {
    decision = state_->limiter.Peek(caller.key, bucket, now);
    response = DetailResponse(401, "Not authenticated");
    response.headers.emplace_back("www-authenticate", "Bearer");
  } else {
    decision = state_->limiter.Acquire(caller.key, bucket, now);
    if (decision.allowed) {
      response = HandleAllowed(route, request, caller);
    } else {
      state_->traffic.CountRateLimited(BucketName(bucket));
      response = DetailResponse(429, "Too Many Requests");
    }
  }
  AddRateHeaders(decision, &response);
  return response;
}

void PredictionsApi::AddRateHeaders(const RateLimiter::Decision& decision,
                                    Response* response) const {
  const int64_t reset =
      state_->options.reset_as_delta
          ? CeilSeconds(std::max(decision.reset - state_->clock->Now(),
                                 absl::ZeroDuration()))
          : CeilSeconds(decision.reset - absl::UnixEpoch());
  const auto add = [response](absl::string_view name, int64_t value) {
    response->headers.emplace_back(name, absl::StrCat(value));
  };
  add("x-ratelimit-limit", decision.limit);
  add("x-ratelimit-remaining", decision.remaining);
  add("x-ratelimit-reset", reset);
}

Response PredictionsApi::HandleAllowed(const Route& route,
                                       const Request& request,
                                       const Caller& caller) {
  if (request.oversized) {
    Response response = DetailResponse(413, "Request body too large");
    response.close = true;
    return response;
  }
  switch (route.endpoint) {
    case Endpoint::kUnknownPath:
      return DetailResponse(404, "Not Found");
    case Endpoint::kUnknownMethod: {
      Response response = DetailResponse(405, "Method Not Allowed");
      response.headers.emplace_back("allow", route.allowed_methods);
      return response;
    }
    case Endpoint::kCreate:
    case Endpoint::kCreateLatest:
    case Endpoint::kCreateVersion:
      return Create(route, request, caller);
    case Endpoint::kList:
      return List(request, caller);
    case Endpoint::kGet:
      return Get(route, request, caller);
    case Endpoint::kCancel:
      return Cancel(route, caller);
  }
  return DetailResponse(404, "Not Found");
}

Response PredictionsApi::Create(const Route& route, const Request& request,
                                const Caller& caller) {
  const auto read = ReadCreateRequest(route, request);
  if (const auto* const errors = std::get_if<ValidationErrors>(&read)) {
    return errors->ToResponse();
  }
  const auto& create = std::get<CreateRequest>(read);
  const ModelVersion* const model = state_->models.Find(create.model);
  if (model == nullptr) return DetailResponse(404, "Model not found");
  ValidationErrors errors;
  if (create.validate_input) {
    errors = CheckInput(*model, std::get<JsonValue>(ParseJson(*create.input)));
  }
  RunScript script =
      MakeRunScript(*model, create.input, state_->options.time_scale, &errors);
  if (!errors.empty()) return errors.ToResponse();
  return CreateWithScript(create, *model, std::move(script), request, caller);
}

Response PredictionsApi::CreateWithScript(const CreateRequest& create,
                                          const ModelVersion& model,
                                          RunScript script,
                                          const Request& request,
                                          const Caller& caller) {
  const absl::Time now = state_->clock->Now();
  Prediction prediction;
  prediction.id =
      script.id.has_value() ? *script.id : state_->prediction_ids.Next();
  prediction.caller = caller.key;
  prediction.model_owner = model.owner;
  prediction.model_name = model.name;
  prediction.model_version = model.number;
  prediction.input = create.input;
  prediction.webhook = create.webhook;
  prediction.base_url = BaseUrlFor(request);
  prediction.created_at = WholeMicros(now);
  prediction.starts_at =
      prediction.created_at + std::max(script.pending, kMinPending);
  prediction.ends_at = prediction.starts_at + std::max(script.run, kMinRun);
  prediction.end = std::move(script.end);
  switch (state_->store.Insert(&prediction, now)) {
    case PredictionStore::InsertResult::kInserted:
      break;
    case PredictionStore::InsertResult::kIdTaken:
      return DetailResponse(409, "A prediction with this id already exists");
    case PredictionStore::InsertResult::kFull:
      return DetailResponse(503, "Too many running predictions");
  }
  state_->traffic.CountCreated(ModelText(model));
  if (prediction.webhook.has_value()) {
    state_->feed.Add(prediction);
    state_->clock->Wake();
  }
  Hold(prediction, create.wait);

  // Shows the current state, or the initial one if evicted in the meantime.
  const auto kept = state_->store.Find(caller.key, prediction.id);
  Response response =
      JsonResponse(static_cast<int>(state_->options.create_status),
                   FullJson(kept.value_or(prediction), state_->options.view,
                            prediction.base_url, state_->clock->Now()));
  response.headers.emplace_back(
      "location", PredictionUrl(prediction.base_url, prediction.id));
  return response;
}

void PredictionsApi::Hold(const Prediction& prediction, absl::Duration wait) {
  if (wait <= absl::ZeroDuration()) return;
  const absl::Time deadline =
      state_->clock->Now() + std::min(wait, state_->options.wait_cap);
  state_->traffic.CountHeld(1);
  std::optional<Prediction> kept = prediction;
  // A cancellation moves the end.
  while (kept.has_value() && !state_->stopping &&
         state_->clock->Now() < std::min(kept->ends_at, deadline)) {
    const absl::Time ends_at = kept->ends_at;
    state_->WaitUntil(std::min(ends_at, deadline), [&] {
      kept = state_->store.FindAny(prediction.id);
      return !kept.has_value() || kept->ends_at != ends_at;
    });
  }
  state_->traffic.CountHeld(-1);
}

Response PredictionsApi::Get(const Route& route, const Request& request,
                             const Caller& caller) {
  const auto id = ReadId(route);
  if (const auto* const errors = std::get_if<ValidationErrors>(&id)) {
    return errors->ToResponse();
  }
  const absl::Time now = state_->clock->Now();
  const PredictionView& view = state_->options.view;
  const auto found = state_->store.Find(caller.key, std::get<std::string>(id));
  if (!found.has_value() ||
      (view.gone_after_retention && !view.Retained(*found, now))) {
    return DetailResponse(404, "Prediction not found");
  }
  return JsonResponse(200, FullJson(*found, view, BaseUrlFor(request), now));
}

Response PredictionsApi::List(const Request& request, const Caller& caller) {
  ValidationErrors errors;
  const int64_t page_size = ReadPageSize(request.query, &errors);
  const std::optional<PageCursor> cursor = ReadCursor(request.query, &errors);
  if (!errors.empty()) return errors.ToResponse();
  const PredictionStore::Page page =
      state_->store.List(caller.key, cursor, static_cast<size_t>(page_size));
  return PageResponse(page, page_size, BaseUrlFor(request));
}

Response PredictionsApi::PageResponse(const PredictionStore::Page& page,
                                      int64_t page_size,
                                      absl::string_view base_url) const {
  const absl::Time now = state_->clock->Now();
  std::vector<std::string> items;
  for (const Prediction& prediction : page.items) {
    items.push_back(ItemJson(prediction, state_->options.view, base_url, now));
  }
  JsonObject envelope;
  envelope.Raw("items", JsonArray(items));
  const auto add = [&](absl::string_view name,
                       const std::optional<PageCursor>& cursor, bool as_url) {
    if (!cursor.has_value()) {
      envelope.Raw(name, "null");
    } else if (!as_url) {
      envelope.String(name, cursor->Encode());
    } else {
      envelope.String(
          name, absl::StrCat(base_url, "/predictions?cursor=", cursor->Encode(),
                             "&page_size=", page_size));
    }
  };
  add("next_cursor", page.next, false);
  add("previous_cursor", page.previous, false);
  add("next_url", page.next, true);
  add("previous_url", page.previous, true);
  return JsonResponse(200, envelope.Take());
}

Response PredictionsApi::Cancel(const Route& route, const Caller& caller) {
  const auto id = ReadId(route);
  if (const auto* const errors = std::get_if<ValidationErrors>(&id)) {
    return errors->ToResponse();
  }
  const absl::Time now = state_->clock->Now();
  const absl::Time when =
      WholeMicros(now + std::max(state_->options.cancel_delay, kMinPending));
  RunEnd end;
  end.status = state_->options.cancel_status;
  if (end.status == "failed") {
    end.error_json =
        ErrorJson("external", "The prediction was cancelled", "null");
  }
  switch (state_->store.Cancel(caller.key, std::get<std::string>(id), now, when,
                               std::move(end))) {
    case PredictionStore::CancelResult::kUnknown:
      return DetailResponse(404, "Prediction not found");
    case PredictionStore::CancelResult::kEnded:
      return DetailResponse(409, "Prediction has already ended");
    case PredictionStore::CancelResult::kAccepted:
      state_->feed.Reschedule(std::get<std::string>(id), when);
      state_->clock->Wake();
      break;
    case PredictionStore::CancelResult::kAlreadyRequested:
      break;
  }
  return JsonResponse(200, "null");
}

std::string PredictionsApi::BaseUrlFor(const Request& request) const {
  const absl::string_view host = request.Header("host");
  return host.empty() ? base_url_ : absl::StrCat("http://", host, "/v1");
}

}  // namespace wriftai::sandbox
