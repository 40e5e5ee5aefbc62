// Decodes any bytes as the messages that replicas send to each other. The first
// byte chooses the message: 'q' a question of Vouch, 'a' an answer, 't' a
// question of FindOwners, 'o' an answer, 's' the details of an error, 'p' a
// prediction, 'l' a page. What is accepted survives another round, and every
// error can be sent.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/utf8.h"
#include "grpcpp/support/slice.h"
#include "service/peers/peer_address.h"
#include "service/peers/peer_messages.h"
#include "service/peers/peer_status.h"
#include "service/peers/peers_codec.h"
#include "tests/fuzz/check_status.h"

namespace wriftai {
namespace {

constexpr int kPageSize = 10;

bool IsSame(const cluster::Peer& a, const cluster::Peer& b) {
  return a.session == b.session && a.revision == b.revision &&
         a.address == b.address;
}

void CheckQuestion(const grpc::ByteBuffer& bytes) {
  const auto request = DecodeVouchRequest(bytes);
  if (!request.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(request.status()));
    return;
  }
  FUZZ_CHECK(IsPeerAddress(request->asker.address));
  const auto again = DecodeVouchRequest(EncodeVouch(*request));
  FUZZ_CHECK(again.ok() && IsSame(again->asker, request->asker));
}

void CheckAnswer(const grpc::ByteBuffer& bytes) {
  const auto response = DecodeVouchResponse(bytes);
  if (!response.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(response.status()));
    return;
  }
  FUZZ_CHECK(response->peers.size() <= kMaxVouchPeers);
  const auto again = DecodeVouchResponse(EncodeVouch(*response));
  FUZZ_CHECK(again.ok() && again->ended == response->ended);
  FUZZ_CHECK(again->peers.size() == response->peers.size());
  for (size_t i = 0; i < again->peers.size(); ++i) {
    FUZZ_CHECK(IsSame(again->peers[i], response->peers[i]));
  }
}

void CheckTags(const grpc::ByteBuffer& bytes) {
  const auto request = DecodeFindOwnersRequest(bytes);
  if (!request.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(request.status()));
    return;
  }
  const auto again = DecodeFindOwnersRequest(EncodeFindOwners(*request));
  FUZZ_CHECK(again.ok() && again->tags == request->tags);
}

void CheckOwners(const grpc::ByteBuffer& bytes) {
  const auto response = DecodeFindOwnersResponse(bytes);
  if (!response.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(response.status()));
    return;
  }
  const auto again = DecodeFindOwnersResponse(EncodeFindOwners(*response));
  FUZZ_CHECK(again.ok() && again->owners.size() == response->owners.size());
  for (size_t i = 0; i < again->owners.size(); ++i) {
    const cluster::FoundOwner& a = again->owners[i];
    const cluster::FoundOwner& b = response->owners[i];
    FUZZ_CHECK(IsPeerAddress(a.address) && a.epoch > 0);
    FUZZ_CHECK(a.tag == b.tag && a.session == b.session &&
               a.address == b.address && a.epoch == b.epoch);
  }
}

void CheckError(absl::string_view details) {
  const absl::Status status = FromGrpcStatus(grpc::Status(
      grpc::StatusCode::INTERNAL, std::string(details), std::string(details)));
  FUZZ_CHECK(absl::IsInternal(status));
  FUZZ_CHECK(IsUtf8(status.message()) && status.message().size() <= 1000);
  status.ForEachPayload([](absl::string_view type, const absl::Cord& detail) {
    CheckDetail(type, std::string(detail));
  });
}

void CheckPrediction(const grpc::ByteBuffer& bytes) {
  const auto prediction = DecodePrediction(bytes, "");
  if (!prediction.ok()) return CheckStatus(prediction.status());
  FUZZ_CHECK(prediction->id().size() == 36);
  FUZZ_CHECK(!prediction->has_input() && !prediction->has_output());
}

void CheckList(const grpc::ByteBuffer& bytes) {
  const auto response = DecodeList(bytes, kPageSize);
  if (!response.ok()) return CheckStatus(response.status());
  static const auto* const credential = new Credential(Secret("ours"));
  const PredictionPage page = PageFrom(*response, *credential);
  FUZZ_CHECK(page.predictions.size() <= kPageSize);
  // A fuzzer cannot forge the seal of a page token.
  FUZZ_CHECK(page.next_cursor.empty() && page.previous_cursor.empty());
}

void Check(char kind, absl::string_view text) {
  const grpc::Slice slice(text.data(), text.size());
  const grpc::ByteBuffer bytes(&slice, 1);
  switch (kind) {
    case 'q':
      return CheckQuestion(bytes);
    case 'a':
      return CheckAnswer(bytes);
    case 't':
      return CheckTags(bytes);
    case 'o':
      return CheckOwners(bytes);
    case 's':
      return CheckError(text);
    case 'p':
      return CheckPrediction(bytes);
    default:
      return CheckList(bytes);
  }
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  wriftai::Check(static_cast<char>(data[0]),
                 {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
