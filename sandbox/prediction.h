#ifndef WRIFTAI_SANDBOX_PREDICTION_H_
#define WRIFTAI_SANDBOX_PREDICTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace wriftai::sandbox {

struct Webhook {
  std::string url;
  Secret secret;  // Empty: deliveries are not signed.
};

// The output of a run. A generated output is created on each read, so that a
// thousand large ones use no memory.
struct Output {
  std::shared_ptr<const std::string> json;  // Null: no output.
  int64_t generated_bytes = 0;              // Above zero: GeneratedJson().

  // The output as JSON; "null" if none exists.
  std::string Json() const;
};

// A JSON array of exactly `bytes` bytes (at least 64): records with numbers and
// text in several scripts. Deterministic.
std::string GeneratedJson(int64_t bytes);

struct RunEnd {
  std::string status = "succeeded";
  Output output;
  std::string error_json;  // Empty: null.
};

// A prediction and its whole future. Its state at any time follows from the
// times below; no thread has to run for it to progress.
//
// A value; copies share input and output.
struct Prediction {
  std::string id;
  std::string caller;     // The key of the caller that owns it.
  uint64_t sequence = 0;  // Order of creation, from 1; set by the store.
  std::string model_owner;
  std::string model_name;
  int64_t model_version = 0;
  std::shared_ptr<const std::string> input;  // JSON, byte for byte.
  std::optional<Webhook> webhook;
  std::string base_url;  // The API's URL in the create request.

  absl::Time created_at;
  absl::Time starts_at;  // At or after ends_at: it never starts.
  absl::Time ends_at;
  RunEnd end;
  bool cancel_requested = false;

  bool EndedAt(absl::Time now) const { return now >= ends_at; }
  bool WillStart() const { return starts_at < ends_at; }
  bool StartedAt(absl::Time now) const {
    return WillStart() && now >= starts_at;
  }

  absl::string_view StatusAt(absl::Time now) const;

  // The time of its last change at or before `now`.
  absl::Time UpdatedAt(absl::Time now) const;

  // The approximate memory of its input and output.
  int64_t PayloadBytes() const;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PREDICTION_H_
