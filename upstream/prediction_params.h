#ifndef WRIFTAI_UPSTREAM_PREDICTION_PARAMS_H_
#define WRIFTAI_UPSTREAM_PREDICTION_PARAMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "proto/predictions.h"

// Parameters and results of upstream calls, as values. The caller validates
// them; the client only encodes them.

namespace wriftai {

// `owner/name` or `owner/name:version`.
struct ModelReference {
  std::string owner;
  std::string name;
  std::optional<int64_t> version;  // From 1. Unset: the latest.
};

struct WebhookParams {
  std::string url;
  std::optional<Secret> secret;
};

struct CreateParams {
  ModelReference model;

  // JSON text that has passed ParseJson(); sent byte for byte.
  std::string input_json;

  // Whether the caller gave the input as a Value (`input`) rather than as JSON
  // text (`input_json`). Errors name the field that was used.
  bool input_is_value = false;

  std::optional<WebhookParams> webhook;

  // Sent as the header Validate-Input. Unset: no header.
  std::optional<bool> validate_input;

  // Seconds, sent as `Prefer: wait=N`. Unset: no header.
  std::optional<int> server_wait;
};

struct ListParams {
  // From 5 to 50, the range that the upstream accepts.
  int page_size = 25;

  // Opaque. Empty: the newest page.
  std::string cursor;
};

// Payloads are JSON text here (input_json, output_json, detail_json), never
// Value. The service converts them for callers that ask for Value.
struct PredictionPage {
  std::vector<v1::Prediction> predictions;  // Newest first, no payloads.
  std::string next_cursor;                  // Empty on the last page.
  std::string previous_cursor;              // Empty on the first page.

  // As ListResponse.inexact_fields.
  std::vector<std::string> inexact_fields;

  int skipped_items = 0;  // Invalid items, not in `predictions`.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_PREDICTION_PARAMS_H_
