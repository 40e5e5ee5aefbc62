#ifndef WRIFTAI_UPSTREAM_PREDICTION_PARAMS_H_
#define WRIFTAI_UPSTREAM_PREDICTION_PARAMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "wriftai/v1/predictions.pb.h"

// What the upstream is asked for and answers, as values. Whoever fills them in
// has checked them; the client encodes them and trusts nothing but encoding.

namespace wriftai {

// `owner/name` or `owner/name:version`.
struct ModelReference {
  std::string owner;
  std::string name;
  std::optional<int64_t> version;  // From 1; none means the latest.
};

struct WebhookParams {
  std::string url;
  std::optional<Secret> secret;
};

struct CreateParams {
  ModelReference model;

  // JSON text that has passed ParseJson(); sent byte for byte.
  std::string input_json;

  // Whether the caller gave the input as a Value (`input`), not as JSON text
  // (`input_json`): what an error names it.
  bool input_is_value = false;

  std::optional<WebhookParams> webhook;

  // Sent as the header Validate-Input; none sends no header.
  std::optional<bool> validate_input;

  // Seconds, sent as `Prefer: wait=N`; none sends no header.
  std::optional<int> server_wait;
};

struct ListParams {
  // 5 to 50: what the upstream accepts.
  int page_size = 25;

  // Opaque; empty is the newest page.
  std::string cursor;
};

// Predictions here carry their payloads as JSON text (input_json, output_json,
// detail_json), never as Value: what a caller wants is decided at the edge.
struct PredictionPage {
  std::vector<v1::Prediction> predictions;  // Newest first, no payloads.
  std::string next_cursor;                  // Empty at the end.
  std::string previous_cursor;              // Empty at the beginning.

  // As ListResponse.inexact_fields.
  std::vector<std::string> inexact_fields;

  int skipped_items = 0;  // Left out of `predictions`, as they were unusable.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_PREDICTION_PARAMS_H_
