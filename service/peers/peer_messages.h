#ifndef WRIFTAI_SERVICE_PEERS_PEER_MESSAGES_H_
#define WRIFTAI_SERVICE_PEERS_PEER_MESSAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "grpcpp/support/byte_buffer.h"
#include "proto/predictions.h"
#include "upstream/prediction_params.h"

// The messages of forwarded calls, by the public contract. Payloads are JSON
// text. Responses are checked against their requests, and fail with INTERNAL
// (UPSTREAM_RESPONSE_INVALID).
//
// All functions: any thread; encoding a List on the loop.

namespace wriftai {

grpc::ByteBuffer EncodeGet(const std::string& id);
grpc::ByteBuffer EncodeCancel(const std::string& id);
grpc::ByteBuffer EncodeWait(const std::string& id, absl::Duration interval);
grpc::ByteBuffer EncodeList(const ListParams& params,
                            const Credential& credential);
// `request_id`: may be empty. A large input is not copied.
grpc::ByteBuffer EncodeCreate(CreateParams params,
                              const std::string& request_id);

// `id`: of the requested prediction; empty for a new one.
absl::StatusOr<v1::Prediction> DecodePrediction(const grpc::ByteBuffer& bytes,
                                                absl::string_view id);

absl::StatusOr<v1::PredictionUpdate> DecodeUpdate(const grpc::ByteBuffer& bytes,
                                                  absl::string_view id);

// `page_size`: the requested one.
absl::StatusOr<v1::ListResponse> DecodeList(const grpc::ByteBuffer& bytes,
                                            int page_size);

// The page with the upstream's cursors, out of the tokens that the owner has
// sealed. On the loop.
PredictionPage PageFrom(v1::ListResponse response,
                        const Credential& credential);

absl::Status CheckEmpty(const grpc::ByteBuffer& bytes);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_MESSAGES_H_
