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

// What a run gives in the end. A generated output is made each time that it
// is looked at, so that a thousand large ones cost nothing while they wait.
struct Output {
  std::shared_ptr<const std::string> json;  // Null: no output.
  int64_t generated_bytes = 0;              // Above zero: GeneratedJson().

  // The output as JSON; "null" where there is none.
  std::string Json() const;
};

// A JSON array of exactly `bytes` bytes (at least 64), the same at each call:
// records with numbers and text in several scripts.
std::string GeneratedJson(int64_t bytes);

struct RunEnd {
  std::string status = "succeeded";
  Output output;
  std::string error_json;  // Empty: null.
};

// A prediction and all that will happen to it. What it is like at a moment
// follows from the times; nothing has to run for it to go on.
//
// A value; copies share input and output.
struct Prediction {
  std::string id;
  std::string caller;     // The key of the caller that it belongs to.
  uint64_t sequence = 0;  // Order of creation, from 1; given by the store.
  std::string model_owner;
  std::string model_name;
  int64_t model_version = 0;
  std::shared_ptr<const std::string> input;  // JSON as it came.
  std::optional<Webhook> webhook;
  std::string base_url;  // Under which it was created.

  absl::Time created_at;
  absl::Time starts_at;  // Not before ends_at: it never starts.
  absl::Time ends_at;
  RunEnd end;
  bool cancel_requested = false;

  bool EndedAt(absl::Time now) const { return now >= ends_at; }
  bool EverStarts() const { return starts_at < ends_at; }
  bool StartedAt(absl::Time now) const {
    return EverStarts() && now >= starts_at;
  }

  absl::string_view StatusAt(absl::Time now) const;

  // When it last changed before or at `now`.
  absl::Time UpdatedAt(absl::Time now) const;

  // How much it keeps in memory, roughly.
  int64_t PayloadBytes() const;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PREDICTION_H_
