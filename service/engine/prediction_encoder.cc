#include "service/engine/prediction_encoder.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "upstream/error_details.h"
#include "upstream/json/json_value.h"
#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

using v1::Prediction;
using v1::PredictionError;

// Copying less JSON text than this takes at most 1 ms.
constexpr size_t kInlineJsonBytes = size_t{1} << 20;

// Encoded bytes are kept with the snapshot if they are not much larger than its
// JSON text. As a Value, an array of small numbers takes five times its text.
constexpr size_t kKeptRatio = 2;
constexpr size_t kKeptBytes = 4096;

// Sending a large message takes about this long.
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

size_t PayloadBytes(const Prediction& prediction) {
  return prediction.input_json().size() + prediction.output_json().size() +
         prediction.error().detail_json().size();
}

// Appends `field`, JSON text, as the Value field `number` if it fits without
// loss, otherwise unchanged.
void AppendPayload(const WireField& field, uint32_t number, std::string& out) {
  const std::optional<std::string> value = ValueWireFromJson(field.bytes);
  if (value.has_value()) {
    AppendBytesHeader(number, value->size(), out);
    out.append(*value);
  } else {
    out.append(field.whole.data(), field.whole.size());
  }
}

std::string EncodeError(absl::string_view wire) {
  std::string out;
  WireReader reader(wire);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == PredictionError::kDetailJsonFieldNumber) {
      AppendPayload(field, PredictionError::kDetailFieldNumber, out);
    } else {
      out.append(field.whole.data(), field.whole.size());
    }
  }
  return out;
}

}  // namespace

std::string EncodePrediction(v1::PayloadFormat format,
                             const Prediction& prediction) {
  std::string json = prediction.SerializeAsString();
  if (format != v1::PAYLOAD_FORMAT_VALUE) return json;
  std::string out;
  WireReader reader(json);
  WireField field;
  while (reader.Next(field)) {
    switch (field.number) {
      case Prediction::kInputJsonFieldNumber:
        AppendPayload(field, Prediction::kInputFieldNumber, out);
        break;
      case Prediction::kOutputJsonFieldNumber:
        AppendPayload(field, Prediction::kOutputFieldNumber, out);
        break;
      case Prediction::kErrorFieldNumber: {
        const std::string error = EncodeError(field.bytes);
        AppendBytesHeader(field.number, error.size(), out);
        out.append(error);
        break;
      }
      default:
        out.append(field.whole.data(), field.whole.size());
    }
  }
  return out;
}

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

PredictionEncoder::Bytes PredictionEncoder::Find(const Snapshot& snapshot,
                                                 v1::PayloadFormat format) {
  Snapshot::Encoded& encoded = snapshot.encoded[format];
  if (encoded.kept != nullptr) return encoded.kept;
  if (Bytes shared = encoded.shared.lock()) return shared;
  const size_t payload = PayloadBytes(snapshot.prediction);
  if (payload > (format == v1::PAYLOAD_FORMAT_VALUE ? WorkerPool::kInlineBytes
                                                    : kInlineJsonBytes)) {
    return nullptr;
  }
  auto bytes = std::make_shared<const std::string>(
      EncodePrediction(format, snapshot.prediction));
  encoded.shared = bytes;
  if (bytes->size() <= kKeptRatio * payload + kKeptBytes) encoded.kept = bytes;
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
    encoding->job = workers_.Run<std::string>(
        owner, PayloadBytes(snapshot->prediction),
        [snapshot, format] {
          return EncodePrediction(format, snapshot->prediction);
        },
        [this, key](std::string encoded) {
          Complete(key, std::move(encoded));
        });
  }
  return std::make_unique<Joiner>(*this, key, encoding, std::move(done));
}

void PredictionEncoder::Complete(const Key& key, std::string encoded) {
  const auto found = encodings_.find(key);
  const std::shared_ptr<Encoding> encoding = std::move(found->second);
  encodings_.erase(found);
  // Released with the bytes.
  struct Held {
    std::string bytes;
    ByteBudget::Hold hold;
  };
  absl::StatusOr<Bytes> result = MessageMemoryExhausted(budget_);
  auto hold = budget_.TryAcquire(encoding->owner, encoded.size());
  // Never reject the response to a create: the error would imply that nothing
  // was created.
  if (!hold.has_value() && encoding->snapshot->source == v1::SOURCE_CREATE) {
    hold = ByteBudget::Hold();
  }
  if (hold.has_value()) {
    const auto held = std::make_shared<const Held>(
        Held{std::move(encoded), *std::move(hold)});
    result = Bytes(held, &held->bytes);
    encoding->snapshot->encoded[static_cast<size_t>(key.second)].shared =
        *result;
  }
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
