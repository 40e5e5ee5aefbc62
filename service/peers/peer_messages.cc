#include "service/peers/peer_messages.h"

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/slice.h"
#include "service/peers/peer_errors.h"
#include "service/rpc/message_bytes.h"
#include "service/rpc/page_token.h"
#include "service/rpc/request_codec.h"
#include "service/rpc/time_proto.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

template <typename Message>
absl::StatusOr<Message> Parse(const grpc::ByteBuffer& bytes) {
  Message message;
  // gRPC clears what it reads; the copy shares the bytes.
  grpc::ByteBuffer copy(bytes);
  if (bytes.Valid() && !IsCompressed(bytes) &&
      grpc::SerializationTraits<Message>::Deserialize(&copy, &message).ok()) {
    return message;
  }
  return InvalidPeerResponse(
      absl::StrCat("is not a ", Message::descriptor()->full_name()));
}

absl::Status CheckPrediction(const v1::Prediction& prediction,
                             absl::string_view id) {
  if (UuidFromText(prediction.id()) != prediction.id()) {
    return InvalidPeerResponse("has no valid id");
  }
  if (!id.empty() && prediction.id() != id) {
    return InvalidPeerResponse("is for another id");
  }
  if (prediction.has_input() || prediction.has_output() ||
      prediction.error().has_detail()) {
    return InvalidPeerResponse("has a payload that is not JSON text");
  }
  return absl::OkStatus();
}

std::string NameOf(const ModelReference& model) {
  std::string name = absl::StrCat(model.owner, "/", model.name);
  if (model.version.has_value()) absl::StrAppend(&name, ":", *model.version);
  return name;
}

// A slice that owns `text`.
grpc::Slice SliceOf(std::string text) {
  auto* const owned = new std::string(std::move(text));
  return grpc::Slice(
      &(*owned)[0], owned->size(),
      [](void* holder) { delete static_cast<std::string*>(holder); }, owned);
}

// The cursor in a page token of the owner. Empty, and named as inexact, if the
// token is not for a whole page of the upstream.
std::string CursorIn(const std::string& sealed, const char* name,
                     const Credential& credential, PredictionPage& page) {
  if (sealed.empty()) return "";
  const auto token = OpenPageToken(sealed, credential);
  if (token.ok() && token->anchor_id().empty()) return token->cursor();
  page.inexact_fields.emplace_back(name);
  return "";
}

}  // namespace

grpc::ByteBuffer EncodeGet(const std::string& id) {
  v1::GetRequest request;
  request.set_id(id);
  request.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
  return Encode(request);
}

grpc::ByteBuffer EncodeCancel(const std::string& id) {
  v1::CancelRequest request;
  request.set_id(id);
  return Encode(request);
}

grpc::ByteBuffer EncodeWait(const std::string& id, absl::Duration interval) {
  v1::WaitRequest request;
  request.set_id(id);
  request.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
  *request.mutable_wait_options()->mutable_poll_interval() =
      DurationFrom(interval);
  return Encode(request);
}

grpc::ByteBuffer EncodeList(const ListParams& params,
                            const Credential& credential) {
  v1::ListRequest request;
  request.set_page_size(params.page_size);
  if (!params.cursor.empty()) {
    PageToken token;
    token.set_cursor(params.cursor);
    request.set_page_token(SealPageToken(token, credential));
  }
  return Encode(request);
}

grpc::ByteBuffer EncodeCreate(CreateParams params,
                              const std::string& request_id) {
  v1::CreateRequest request;
  request.set_model(NameOf(params.model));
  request.set_request_id(request_id);
  request.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
  if (params.webhook.has_value()) {
    request.mutable_webhook()->set_url(params.webhook->url);
    if (params.webhook->secret.has_value()) {
      request.mutable_webhook()->set_secret(
          std::string(params.webhook->secret->Reveal()));
    }
  }
  if (params.validate_input.has_value()) {
    request.set_validate_input(*params.validate_input);
  }
  if (params.server_wait.has_value()) {
    request.mutable_server_wait()->set_seconds(*params.server_wait);
  }
  std::string head = request.SerializeAsString();
  AppendBytesHeader(v1::CreateRequest::kInputJsonFieldNumber,
                    params.input_json.size(), head);
  const std::array<grpc::Slice, 2> slices = {
      SliceOf(std::move(head)), SliceOf(std::move(params.input_json))};
  return grpc::ByteBuffer(slices.data(), slices.size());
}

absl::StatusOr<v1::Prediction> DecodePrediction(const grpc::ByteBuffer& bytes,
                                                absl::string_view id) {
  auto prediction = Parse<v1::Prediction>(bytes);
  if (!prediction.ok()) return prediction;
  absl::Status status = CheckPrediction(*prediction, id);
  if (!status.ok()) return status;
  return prediction;
}

absl::StatusOr<v1::PredictionUpdate> DecodeUpdate(const grpc::ByteBuffer& bytes,
                                                  absl::string_view id) {
  auto update = Parse<v1::PredictionUpdate>(bytes);
  if (!update.ok()) return update;
  absl::Status status = CheckPrediction(update->prediction(), id);
  if (!status.ok()) return status;
  return update;
}

absl::StatusOr<v1::ListResponse> DecodeList(const grpc::ByteBuffer& bytes,
                                            int page_size) {
  auto response = Parse<v1::ListResponse>(bytes);
  if (!response.ok()) return response;
  if (response->predictions_size() > page_size) {
    return InvalidPeerResponse("has more predictions than requested");
  }
  for (const v1::Prediction& prediction : response->predictions()) {
    absl::Status status = CheckPrediction(prediction, "");
    if (!status.ok()) return status;
  }
  return response;
}

PredictionPage PageFrom(v1::ListResponse response,
                        const Credential& credential) {
  PredictionPage page;
  for (v1::Prediction& prediction : *response.mutable_predictions()) {
    page.predictions.push_back(std::move(prediction));
  }
  for (std::string& name : *response.mutable_inexact_fields()) {
    page.inexact_fields.push_back(std::move(name));
  }
  page.next_cursor =
      CursorIn(response.next_page_token(), "next_cursor", credential, page);
  page.previous_cursor = CursorIn(response.previous_page_token(),
                                  "previous_cursor", credential, page);
  return page;
}

absl::Status CheckEmpty(const grpc::ByteBuffer& bytes) {
  if (bytes.Valid()) return absl::OkStatus();
  return InvalidPeerResponse("is missing");
}

}  // namespace wriftai
