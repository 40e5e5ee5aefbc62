#include "service/peers/peer_client.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
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

// A callback for both outcomes of a call. Used and destroyed on the loop.
template <typename Done>
std::shared_ptr<Done> Share(Done done) {
  return std::make_shared<Done>(std::move(done));
}

CallHandle Started(std::unique_ptr<ForwardedCall> call) {
  call->Start();
  return call;
}

}  // namespace

CallHandle PeerClient::Get(CallContext context, std::string id,
                           PredictionDone done) {
  const auto shared = Share(std::move(done));
  PeerRequest request = RequestOf(kGet, EncodeGet(id));
  return Started(std::make_unique<ForwardedCall>(
      channels_, directory_, std::move(context), std::move(request),
      BrokenLink::kRepeat,
      [shared, id = std::move(id)](
          const grpc::ByteBuffer& bytes) -> absl::StatusOr<EventLoop::Task> {
        auto prediction = DecodePrediction(bytes, id);
        if (!prediction.ok()) return prediction.status();
        return EventLoop::Task(
            [shared, prediction = *std::move(prediction)]() mutable {
              (*shared)(std::move(prediction));
            });
      },
      [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

CallHandle PeerClient::List(CallContext context, ListParams params,
                            PageDone done) {
  const auto shared = Share(std::move(done));
  const auto credential = context.credential;
  PeerRequest request = RequestOf(kList, EncodeList(params, *credential));
  return Started(std::make_unique<ForwardedCall>(
      channels_, directory_, std::move(context), std::move(request),
      BrokenLink::kRepeat,
      [shared, credential, page_size = params.page_size](
          const grpc::ByteBuffer& bytes) -> absl::StatusOr<EventLoop::Task> {
        auto response = DecodeList(bytes, page_size);
        if (!response.ok()) return response.status();
        return EventLoop::Task(
            [shared, credential, response = *std::move(response)]() mutable {
              (*shared)(PageFrom(std::move(response), *credential));
            });
      },
      [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

CallHandle PeerClient::Cancel(CallContext context, const std::string& id,
                              CancelDone done) {
  const auto shared = Share(std::move(done));
  PeerRequest request = RequestOf(kCancel, EncodeCancel(id));
  return Started(std::make_unique<ForwardedCall>(
      channels_, directory_, std::move(context), std::move(request),
      BrokenLink::kEnd,
      [shared](
          const grpc::ByteBuffer& bytes) -> absl::StatusOr<EventLoop::Task> {
        absl::Status status = CheckEmpty(bytes);
        if (!status.ok()) return status;
        return EventLoop::Task([shared] { (*shared)(absl::OkStatus()); });
      },
      [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

CallHandle PeerClient::Create(CallContext context,
                              const std::string& request_id,
                              CreateParams params, PredictionDone done) {
  const auto shared = Share(std::move(done));
  const bool input_is_value = params.input_is_value;
  PeerRequest request =
      RequestOf(kCreate, EncodeCreate(std::move(params), request_id));
  if (input_is_value) request.metadata.emplace_back(kInputIsValueKey, "1");
  request.connect_first = request_id.empty();
  return Started(std::make_unique<ForwardedCall>(
      channels_, directory_, std::move(context), std::move(request),
      request_id.empty() ? BrokenLink::kRepeatIfUnsent : BrokenLink::kRepeat,
      [shared](
          const grpc::ByteBuffer& bytes) -> absl::StatusOr<EventLoop::Task> {
        auto prediction = DecodePrediction(bytes, "");
        if (!prediction.ok()) {
          absl::Status status = prediction.status();
          SetMetadata(kCreateOutcomeKey, kCreateOutcomeIsUnknown, status);
          return status;
        }
        return EventLoop::Task(
            [shared, prediction = *std::move(prediction)]() mutable {
              (*shared)(std::move(prediction));
            });
      },
      [shared](absl::Status status) { (*shared)(std::move(status)); }));
}

}  // namespace wriftai
