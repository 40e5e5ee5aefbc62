#include "upstream/rest/rest_prediction_client.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "upstream/json/json_members.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_text.h"
#include "upstream/json/prediction_json.h"
#include "upstream/rest/percent_encode.h"

namespace wriftai {
namespace {

std::string CreatePathOf(CreatePath path, const ModelReference& model) {
  if (path == CreatePath::kPredictions) return "/predictions";
  const std::string version = model.version.has_value()
                                  ? absl::StrCat("/versions/", *model.version)
                                  : std::string();
  return absl::StrCat("/models/", PercentEncode(model.owner), "/",
                      PercentEncode(model.name), version, "/predictions");
}

std::string ExpectedId(absl::string_view id) {
  return absl::StrCat("id: expected ", id, ", the requested ID");
}

// As TakePredictionFromJson(), but fails if the response is for another ID than
// `id`. Otherwise another prediction would be returned and cached as this one.
absl::StatusOr<v1::Prediction> PredictionOf(absl::string_view id,
                                            std::string& json) {
  absl::StatusOr<v1::Prediction> prediction = TakePredictionFromJson(json);
  if (prediction.ok() && !absl::EqualsIgnoreCase(prediction->id(), id)) {
    return absl::InvalidArgumentError(ExpectedId(id));
  }
  return prediction;
}

// Whether `slice` is the string `text`, ignoring case.
bool IsText(const JsonSlice& slice, absl::string_view text) {
  // The longest form of a character is \uXXXX.
  return slice.kind == JsonKind::kString &&
         slice.text.size() <= 6 * text.size() + 2 &&
         absl::EqualsIgnoreCase(DecodeJsonToken(slice.text).text, text);
}

// Checks the response to a cancel. The API returns `null` (API reference,
// cancel); other JSON and an empty body are accepted for later versions. A
// proxy's HTML page is rejected, and so is JSON with an ID other than `id`.
absl::Status CheckAcknowledgement(absl::string_view id,
                                  const HttpResponse& response) {
  if (absl::StripAsciiWhitespace(response.body).empty()) {
    return absl::OkStatus();
  }
  const CallSubject subject = {Operation::kCancel, std::string(id)};
  const absl::StatusOr<JsonSlice> json = SkimJson(response.body);
  if (!json.ok()) {
    return InvalidResponse(response, subject, json.status().message());
  }
  if (json->kind != JsonKind::kObject) return absl::OkStatus();
  const auto members = JsonMembers::Read(json->text, {"id"});
  const auto named = members.ok() ? members->FindPresent("id") : std::nullopt;
  if (!named.has_value() || IsText(*named, id)) return absl::OkStatus();
  return InvalidResponse(response, subject, ExpectedId(id));
}

}  // namespace

// A call of several steps, one after the other.
struct RestPredictionClient::Steps : public Call {
  CallHandle step;
};

// A call that the client tracks until it is destroyed.
class RestPredictionClient::Tracked : public RestCall {
 public:
  template <typename... Args>
  explicit Tracked(RestPredictionClient& client, Args&&... args)
      : RestCall(std::forward<Args>(args)...),
        client_(client),
        number_(client.next_call_++) {
    client_.in_flight_.emplace(number_, this);
  }
  ~Tracked() override { client_.in_flight_.erase(number_); }

 private:
  RestPredictionClient& client_;
  const uint64_t number_;
};

RestPredictionClient::RestPredictionClient(RestClientOptions options,
                                           EventLoop& event_loop,
                                           HttpTransport& transport,
                                           BudgetRegistry& budgets,
                                           Random& random, WorkerPool* workers)
    : options_(std::move(options)),
      event_loop_(event_loop),
      transport_(transport),
      budgets_(budgets),
      random_(random),
      workers_(workers) {}

HttpRequest RestPredictionClient::Request(HttpMethod method,
                                          absl::string_view path,
                                          const CallContext& context) const {
  HttpRequest request;
  request.method = method;
  request.url = absl::StrCat(options_.base_url, path);
  request.connection_scope = context.credential->key();
  request.headers.emplace_back("accept", "application/json");
  if (method == HttpMethod::kPost) {
    request.headers.emplace_back("content-type", "application/json");
  }
  if (context.trace != nullptr && !context.trace->traceparent.empty()) {
    request.headers.emplace_back("traceparent", context.trace->traceparent);
    if (!context.trace->tracestate.empty()) {
      request.headers.emplace_back("tracestate", context.trace->tracestate);
    }
  }
  request.timeout = options_.read_timeout;
  return request;
}

CallHandle RestPredictionClient::Send(CallContext&& context,
                                      CallSubject subject, HttpRequest request,
                                      RestCall::Done done) {
  RestCall::Options options;
  options.credential = context.credential;
  options.health = &health_;
  options.stats = &stats_;
  options.deadline = context.deadline;
  const bool is_read = request.method == HttpMethod::kGet;
  options.max_attempts = is_read && context.retry_reads ? kMaxAttempts : 1;
  options.subject = std::move(subject);
  options.trace = std::move(context.trace);
  const auto both = budgets_.For(context.credential);
  std::shared_ptr<Budget> budget(
      both, options.subject.operation == Operation::kCreate ? &both->creates
                                                            : &both->reads);
  return std::make_unique<Tracked>(*this, event_loop_, transport_, random_,
                                   std::move(budget), std::move(context.permit),
                                   std::move(request), std::move(options),
                                   std::move(done));
}

template <typename T>
void RestPredictionClient::Complete(
    const std::string& owner, const HttpResponse& response,
    const CallSubject& subject, absl::StatusOr<T> decoded,
    absl::AnyInvocable<void(absl::StatusOr<T>)>& done) {
  if (!decoded.ok()) {
    transport_.RetireConnections(owner);
    return done(InvalidResponse(response, subject, decoded.status().message()));
  }
  decode_stats_.Add(*decoded);
  done(std::move(decoded));
}

template <typename T, typename Decode>
CallHandle RestPredictionClient::SendAndDecode(
    CallContext&& context, CallSubject subject, HttpRequest&& request,
    absl::AnyInvocable<void(absl::StatusOr<T>)> done, Decode decode) {
  const std::string owner = context.credential->key();
  auto steps = std::make_unique<Steps>();
  CallHandle& step = steps->step;
  step = Send(
      std::move(context), subject, std::move(request),
      [this, &step, owner, subject, decode,
       done = std::move(done)](absl::StatusOr<HttpResponse> response) mutable {
        if (!response.ok()) return done(response.status());
        const size_t bytes = response->body.size();
        if (workers_ == nullptr || bytes <= WorkerPool::kInlineBytes) {
          return Complete<T>(owner, *response, subject, decode(response->body),
                             done);
        }
        auto shared = std::make_shared<HttpResponse>(*std::move(response));
        step = workers_->Run<absl::StatusOr<T>>(
            owner, bytes,
            [shared, decode] {
              absl::StatusOr<T> decoded = decode(shared->body);
              if (decoded.ok()) std::string().swap(shared->body);
              return decoded;
            },
            [this, owner, shared, subject,
             done = std::move(done)](absl::StatusOr<T> decoded) mutable {
              Complete<T>(owner, *shared, subject, std::move(decoded), done);
            });
      });
  return steps;
}

void RestPredictionClient::AbortAll(
    const std::function<absl::Status()>& unsent) {
  // Ending a call may destroy others.
  const std::map<uint64_t, RestCall*> calls = in_flight_;
  for (const auto& [number, call] : calls) {
    if (in_flight_.count(number) > 0) call->Abort(unsent());
  }
}

CallHandle RestPredictionClient::Get(CallContext context, std::string id,
                                     PredictionDone done) {
  HttpRequest request =
      Request(HttpMethod::kGet,
              absl::StrCat("/predictions/", PercentEncode(id)), context);
  return SendAndDecode<v1::Prediction>(
      std::move(context), {Operation::kGet, id}, std::move(request),
      std::move(done),
      [id](std::string& json) { return PredictionOf(id, json); });
}

CallHandle RestPredictionClient::Create(CallContext context,
                                        CreateParams params,
                                        PredictionDone done) {
  const ModelReference& model = params.model;
  HttpRequest request = Request(
      HttpMethod::kPost, CreatePathOf(options_.create_path, model), context);
  request.timeout = options_.create_timeout;
  if (params.validate_input.has_value()) {
    request.headers.emplace_back("validate-input",
                                 *params.validate_input ? "true" : "false");
  }
  if (params.server_wait.has_value()) {
    request.headers.emplace_back("prefer",
                                 absl::StrCat("wait=", *params.server_wait));
    request.timeout += absl::Seconds(*params.server_wait);
  }
  request.body = CreateBodyToJson(
      params, options_.create_path == CreatePath::kPredictions);
  done = [memory = std::move(context.memory), done = std::move(done)](
             absl::StatusOr<v1::Prediction> created) mutable {
    done(std::move(created));
  };
  return SendAndDecode<v1::Prediction>(
      std::move(context),
      {Operation::kCreate, absl::StrCat(model.owner, "/", model.name),
       params.input_is_value},
      std::move(request), std::move(done), TakePredictionFromJson);
}

CallHandle RestPredictionClient::List(CallContext context, ListParams params,
                                      PageDone done) {
  std::string path = absl::StrCat("/predictions?page_size=", params.page_size);
  if (!params.cursor.empty()) {
    absl::StrAppend(&path, "&cursor=", PercentEncode(params.cursor));
  }
  HttpRequest request = Request(HttpMethod::kGet, path, context);
  return SendAndDecode<PredictionPage>(
      std::move(context), {Operation::kList, ""}, std::move(request),
      std::move(done), PredictionPageFromJson);
}

CallHandle RestPredictionClient::Cancel(CallContext context, std::string id,
                                        CancelDone done) {
  HttpRequest request = Request(
      HttpMethod::kPost,
      absl::StrCat("/predictions/", PercentEncode(id), "/cancel"), context);
  const std::string owner = context.credential->key();
  CallSubject subject = {Operation::kCancel, id};
  return Send(std::move(context), std::move(subject), std::move(request),
              [this, owner, id = std::move(id), done = std::move(done)](
                  const absl::StatusOr<HttpResponse>& response) mutable {
                if (!response.ok()) return done(response.status());
                const absl::Status status = CheckAcknowledgement(id, *response);
                if (!status.ok()) transport_.RetireConnections(owner);
                done(status);
              });
}

}  // namespace wriftai
