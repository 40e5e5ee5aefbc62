#include "service/engine/prediction_encoder.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "service/engine/prediction_wire.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Copying less JSON text than this takes at most 1 ms.
constexpr size_t kInlineJsonBytes = size_t{1} << 20;

// Encoded bytes are kept with the snapshot if they are not much larger than its
// JSON text. As a Value, an array of small numbers takes five times its text.
constexpr size_t kKeptRatio = 2;
constexpr size_t kKeptBytes = 4096;

// Sending a large message takes about this long.
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

size_t SizeOf(const EncodedPrediction::Payloads& payloads) {
  size_t size = 0;
  for (const EncodedPrediction::Payload& payload : payloads) {
    size += payload.text.size();
  }
  return size;
}

}  // namespace

// One encoding job and its joiners.
struct PredictionEncoder::Encoding {
  std::string owner;
  SnapshotPtr snapshot;
  CallHandle job;
  std::vector<Joiner*> joiners;
};

class PredictionEncoder::Joiner : public Call {
 public:
  Joiner(PredictionEncoder& encoder, Key key,
         std::shared_ptr<Encoding> encoding, Done done)
      : encoder_(encoder),
        key_(key),
        encoding_(std::move(encoding)),
        done_(std::move(done)) {
    encoding_->joiners.push_back(this);
  }

  ~Joiner() override {
    std::vector<Joiner*>& joiners = encoding_->joiners;
    const auto found = std::find(joiners.begin(), joiners.end(), this);
    if (found == joiners.end()) return;
    joiners.erase(found);
    if (!joiners.empty()) return;
    const auto entry = encoder_.encodings_.find(key_);
    if (entry != encoder_.encodings_.end() && entry->second == encoding_) {
      encoder_.encodings_.erase(entry);
    }
  }

  // May destroy this.
  void Complete(const absl::StatusOr<Bytes>& bytes) {
    Done done = std::move(done_);
    done(bytes);
  }

 private:
  PredictionEncoder& encoder_;
  const Key key_;
  const std::shared_ptr<Encoding> encoding_;
  Done done_;
};

PredictionEncoder::Bytes PredictionEncoder::Find(const std::string& owner,
                                                 const SnapshotPtr& snapshot,
                                                 v1::PayloadFormat format) {
  Snapshot::Encoded& encoded = snapshot->encoded[format];
  if (Bytes shared = encoded.shared.lock()) return shared;
  Bytes bytes = encoded.kept;
  const size_t payload = PayloadBytes(snapshot->prediction);
  if (bytes == nullptr) {
    const size_t shared = SizeOf(SharedPayloads(format, snapshot->prediction));
    if (payload - shared > (format == v1::PAYLOAD_FORMAT_VALUE
                                ? WorkerPool::kInlineBytes
                                : kInlineJsonBytes)) {
      return nullptr;
    }
    bytes = std::make_shared<const EncodedPrediction>(
        EncodePredictionParts(format, snapshot->prediction));
    if (bytes->head.size() <= kKeptRatio * payload + kKeptBytes) {
      encoded.kept = bytes;
    }
  }
  const size_t pinned = SizeOf(bytes->payloads);
  return Share(owner, snapshot, format, std::move(bytes),
               pinned > kInlineJsonBytes ? pinned : 0);
}

// Returns `bytes` with what they need: the snapshot whose payloads they share,
// and `charged` bytes of the budget. Null if the budget is exhausted.
PredictionEncoder::Bytes PredictionEncoder::Share(const std::string& owner,
                                                  const SnapshotPtr& snapshot,
                                                  v1::PayloadFormat format,
                                                  Bytes bytes, size_t charged) {
  struct Held {
    Bytes bytes;
    SnapshotPtr snapshot;
    ByteBudget::Hold hold;
  };
  auto hold = budget_.TryAcquire(owner, charged);
  // Never reject the response to a create: the error would imply that nothing
  // was created.
  if (!hold.has_value() && snapshot->source == v1::SOURCE_CREATE) {
    hold = ByteBudget::Hold();
  }
  if (!hold.has_value()) return nullptr;
  if (charged > 0 || !bytes->payloads.empty()) {
    const EncodedPrediction* const encoded = bytes.get();
    bytes = Bytes(
        std::make_shared<const Held>(Held{
            std::move(bytes), encoded->payloads.empty() ? nullptr : snapshot,
            *std::move(hold)}),
        encoded);
  }
  snapshot->encoded[format].shared = bytes;
  return bytes;
}

CallHandle PredictionEncoder::Encode(const std::string& owner,
                                     const SnapshotPtr& snapshot,
                                     v1::PayloadFormat format, Done done) {
  const Key key(snapshot.get(), format);
  std::shared_ptr<Encoding>& encoding = encodings_[key];
  if (encoding == nullptr) {
    encoding = std::make_shared<Encoding>();
    encoding->owner = owner;
    encoding->snapshot = snapshot;
    encoding->job = workers_.Run<EncodedPrediction>(
        owner, PayloadBytes(snapshot->prediction),
        [snapshot, format] {
          return EncodePredictionParts(format, snapshot->prediction);
        },
        [this, key](EncodedPrediction parts) {
          Complete(key, std::move(parts));
        });
  }
  return std::make_unique<Joiner>(*this, key, encoding, std::move(done));
}

void PredictionEncoder::Complete(const Key& key, EncodedPrediction parts) {
  const auto found = encodings_.find(key);
  const std::shared_ptr<Encoding> encoding = std::move(found->second);
  encodings_.erase(found);
  const size_t size = parts.head.size() + SizeOf(parts.payloads);
  const Bytes bytes =
      Share(encoding->owner, encoding->snapshot, key.second,
            std::make_shared<const EncodedPrediction>(std::move(parts)), size);
  absl::StatusOr<Bytes> result = MessageMemoryExhausted(budget_);
  if (bytes != nullptr) result = bytes;
  // Completing a joiner may destroy others.
  while (!encoding->joiners.empty()) {
    Joiner* const joiner = encoding->joiners.back();
    encoding->joiners.pop_back();
    joiner->Complete(result);
  }
}

absl::Status MessageMemoryExhausted(const ByteBudget& budget) {
  absl::Status status = GatewayError(
      absl::StatusCode::kResourceExhausted, v1::MESSAGE_MEMORY_EXHAUSTED,
      absl::StrCat("the messages of calls in progress use most of the ",
                   budget.max_bytes(),
                   " bytes allowed (--message_memory); retry later"));
  SetRetryDelay(kRetryDelay, status);
  return status;
}

}  // namespace wriftai
