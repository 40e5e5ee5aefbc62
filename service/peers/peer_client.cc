#include "service/peers/peer_client.h"

#include <memory>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "base/completed_call.h"
#include "service/engine/ownership_errors.h"
#include "service/peers/forwarded_call.h"
#include "service/peers/peer_messages.h"
#include "service/rpc/forwarded_call_gate.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

constexpr char kGet[] = "/wriftai.predictions.v1.Predictions/Get";
constexpr char kList[] = "/wriftai.predictions.v1.Predictions/List";
constexpr char kCancel[] = "/wriftai.predictions.v1.Predictions/Cancel";
constexpr char kCreate[] = "/wriftai.predictions.v1.Predictions/Create";

PeerRequest RequestOf(const char* method, const grpc::ByteBuffer& message) {
  PeerRequest request;
  request.method = method;
  request.message = message;
  return request;
}

v1::Prediction Same(v1::Prediction prediction) { return prediction; }

}  // namespace

template <typename Result, typename Decode, typename Finish>
CallHandle PeerClient::Forward(const CallContext& context, PeerRequest request,
                               bool sent_once, Decode decode, Finish finish,
                               absl::AnyInvocable<void(Result)> done) {
  const auto owner = directory_.Find(*context.credential);
  if (!owner.has_value()) {
    return std::make_unique<CompletedCall>(
        channels_.event_loop(),
        [done = std::move(done)]() mutable { done(NotOwnerError()); });
  }
  // For both outcomes. Used and destroyed on the loop.
  const auto shared =
      std::make_shared<absl::AnyInvocable<void(Result)>>(std::move(done));
  return std::make_unique<ForwardedCall>(
      channels_, *owner, context, std::move(request), sent_once, hops_,
      [shared, decode = std::move(decode), finish = std::move(finish)](
          const grpc::ByteBuffer& bytes) -> absl::StatusOr<EventLoop::Task> {
        auto decoded = decode(bytes);
        if (!decoded.ok()) return decoded.status();
        return EventLoop::Task(
            [shared, finish, decoded = *std::move(decoded)]() mutable {
              (*shared)(finish(std::move(decoded)));
            });
      },
      [shared](absl::Status status) { (*shared)(std::move(status)); });
}

CallHandle PeerClient::Get(CallContext context, std::string id,
                           PredictionDone done) {
  PeerRequest request = RequestOf(kGet, EncodeGet(id));
  return Forward(
      context, std::move(request), /*sent_once=*/false,
      [id = std::move(id)](const grpc::ByteBuffer& bytes) {
        return DecodePrediction(bytes, id);
      },
      Same, std::move(done));
}

CallHandle PeerClient::List(CallContext context, ListParams params,
                            PageDone done) {
  PeerRequest request =
      RequestOf(kList, EncodeList(params, *context.credential));
  return Forward(
      context, std::move(request), /*sent_once=*/false,
      [page_size = params.page_size](const grpc::ByteBuffer& bytes) {
        return DecodeList(bytes, page_size);
      },
      [credential = context.credential](v1::ListResponse response) {
        return PageFrom(std::move(response), *credential);
      },
      std::move(done));
}

CallHandle PeerClient::Cancel(CallContext context, const std::string& id,
                              CancelDone done) {
  return Forward(
      context, RequestOf(kCancel, EncodeCancel(id)), /*sent_once=*/false,
      [](const grpc::ByteBuffer& bytes) -> absl::StatusOr<std::monostate> {
        absl::Status status = CheckEmpty(bytes);
        if (!status.ok()) return status;
        return std::monostate();
      },
      [](std::monostate) { return absl::OkStatus(); }, std::move(done));
}

CallHandle PeerClient::Create(CallContext context,
                              const std::string& request_id,
                              CreateParams params, PredictionDone done) {
  const bool input_is_value = params.input_is_value;
  PeerRequest request =
      RequestOf(kCreate, EncodeCreate(std::move(params), request_id));
  if (input_is_value) request.metadata.emplace_back(kInputIsValueKey, "1");
  return Forward(
      context, std::move(request), request_id.empty(),
      [](const grpc::ByteBuffer& bytes) -> absl::StatusOr<v1::Prediction> {
        auto prediction = DecodePrediction(bytes, "");
        if (prediction.ok()) return prediction;
        absl::Status status = prediction.status();
        SetMetadata(kCreateOutcomeKey, kCreateOutcomeIsUnknown, status);
        return status;
      },
      Same, std::move(done));
}

}  // namespace wriftai
