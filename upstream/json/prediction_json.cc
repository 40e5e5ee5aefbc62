#include "upstream/json/prediction_json.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "upstream/json/json_fields.h"
#include "upstream/json/json_text.h"
#include "upstream/json/rfc3339.h"

namespace wriftai {
namespace {

enum class Payloads { kKept, kLeftOut };

v1::Status StatusFromText(absl::string_view text) {
  if (text == "pending") return v1::STATUS_PENDING;
  if (text == "started") return v1::STATUS_STARTED;
  if (text == "succeeded") return v1::STATUS_SUCCEEDED;
  if (text == "failed") return v1::STATUS_FAILED;
  return v1::STATUS_UNSPECIFIED;
}

std::optional<google::protobuf::Timestamp> ReadTime(absl::string_view name,
                                                    JsonFields& fields) {
  const std::optional<std::string> text = fields.String(name);
  if (!text.has_value()) return std::nullopt;
  auto time = TimestampFromRfc3339(*text);
  if (!time.has_value()) fields.Refuse(name, "an RFC 3339 time");
  return time;
}

void ReadModel(JsonFields& fields, v1::Model& model) {
  model.set_owner(fields.String("owner").value_or(""));
  model.set_name(fields.String("name").value_or(""));
  if (const auto version = fields.Integer("version_number")) {
    model.set_version_number(*version);
  }
}

void ReadError(JsonFields& fields, v1::PredictionError& error) {
  error.set_source(fields.String("source").value_or(""));
  error.set_message(fields.String("message").value_or(""));
  if (const auto detail = fields.Raw("detail")) {
    error.set_detail_json(std::string(detail->text));
  }
}

void ReadErrorMember(JsonFields& fields, v1::Prediction& prediction) {
  const std::optional<JsonSlice> slice = fields.Present("error");
  if (!slice.has_value()) return;
  if (slice->kind == JsonKind::kString) {
    prediction.mutable_error()->set_message(
        fields.String("error").value_or(""));
  } else if (slice->kind == JsonKind::kObject) {
    JsonFields error(slice->text, fields.PathOf("error"));
    ReadError(error, *prediction.mutable_error());
    fields.Update(error.status());
  } else {
    fields.Refuse("error", "an object");
  }
}

void ReadModelMember(JsonFields& fields, v1::Prediction& prediction) {
  const std::optional<JsonSlice> slice = fields.Present("model");
  if (!slice.has_value()) return;
  if (slice->kind != JsonKind::kObject) {
    fields.Refuse("model", "an object");
    return;
  }
  JsonFields model(slice->text, fields.PathOf("model"));
  ReadModel(model, *prediction.mutable_model());
  fields.Update(model.status());
}

void ReadPayloads(JsonFields& fields, v1::Prediction& prediction) {
  if (const auto input = fields.Raw("input")) {
    prediction.set_input_json(std::string(input->text));
  }
  if (const auto output = fields.Raw("output")) {
    prediction.set_output_json(std::string(output->text));
  }
  ReadErrorMember(fields, prediction);
}

void ReadLogs(JsonFields& fields, v1::Prediction& prediction) {
  if (auto lines = fields.Strings("logs")) {
    *prediction.mutable_logs()->mutable_lines() = {lines->begin(),
                                                   lines->end()};
  }
  if (auto lines = fields.Strings("setup_logs")) {
    *prediction.mutable_setup_logs()->mutable_lines() = {lines->begin(),
                                                         lines->end()};
  }
}

absl::StatusOr<v1::Prediction> ReadPrediction(absl::string_view json,
                                              std::string path,
                                              Payloads payloads) {
  JsonFields fields(json, std::move(path));
  if (!fields.status().ok()) return fields.status();
  v1::Prediction prediction;
  prediction.set_id(fields.RequiredString("id"));
  if (prediction.id().empty()) {
    fields.Refuse("id", "a string that is not empty");
  }
  prediction.set_status_text(fields.RequiredString("status"));
  prediction.set_status(StatusFromText(prediction.status_text()));
  ReadModelMember(fields, prediction);
  if (const auto time = ReadTime("created_at", fields)) {
    *prediction.mutable_created_at() = *time;
  }
  if (const auto time = ReadTime("updated_at", fields)) {
    *prediction.mutable_updated_at() = *time;
  }
  if (auto text = fields.StringOrNumber("setup_time")) {
    prediction.set_setup_time(*std::move(text));
  }
  if (auto text = fields.StringOrNumber("execution_time")) {
    prediction.set_execution_time(*std::move(text));
  }
  if (auto text = fields.String("url")) prediction.set_url(*std::move(text));
  ReadLogs(fields, prediction);
  if (payloads == Payloads::kKept) ReadPayloads(fields, prediction);
  if (!fields.status().ok()) return fields.status();
  return prediction;
}

}  // namespace

absl::StatusOr<v1::Prediction> PredictionFromJson(absl::string_view json) {
  return ReadPrediction(json, "", Payloads::kKept);
}

absl::StatusOr<PredictionPage> PredictionPageFromJson(absl::string_view json) {
  JsonFields fields(json, "");
  if (!fields.status().ok()) return fields.status();
  PredictionPage page;
  page.next_cursor = fields.String("next_cursor").value_or("");
  page.previous_cursor = fields.String("previous_cursor").value_or("");
  const std::optional<JsonSlice> items = fields.Raw("items");
  if (!items.has_value() || items->kind != JsonKind::kArray) {
    fields.Refuse("items", "an array");
    return fields.status();
  }
  const absl::StatusOr<std::vector<JsonSlice>> elements =
      ParseJsonArray(items->text);
  if (!elements.ok()) return elements.status();
  for (size_t i = 0; i < elements->size() && fields.status().ok(); ++i) {
    auto prediction =
        ReadPrediction((*elements)[i].text, absl::StrCat("items[", i, "]"),
                       Payloads::kLeftOut);
    fields.Update(prediction.status());
    if (prediction.ok()) page.predictions.push_back(*std::move(prediction));
  }
  if (!fields.status().ok()) return fields.status();
  return page;
}

bool IsJsonNull(absl::string_view json) {
  const absl::StatusOr<JsonSlice> slice = ParseJson(json);
  return slice.ok() && slice->kind == JsonKind::kNull;
}

std::string CreateBodyToJson(const CreateParams& params, bool with_model) {
  std::string json = "{";
  if (with_model) {
    std::string model =
        absl::StrCat(params.model.owner, "/", params.model.name);
    if (params.model.version.has_value()) {
      absl::StrAppend(&model, ":", *params.model.version);
    }
    absl::StrAppend(&json, R"("model":)", EncodeJsonString(model), ",");
  }
  absl::StrAppend(&json, R"("input":)", params.input_json);
  if (params.webhook.has_value()) {
    const WebhookParams& webhook = *params.webhook;
    absl::StrAppend(&json, R"(,"webhook":{"url":)",
                    EncodeJsonString(webhook.url));
    if (webhook.secret.has_value()) {
      absl::StrAppend(&json, R"(,"secret":)",
                      EncodeJsonString(webhook.secret->Reveal()));
    }
    json.push_back('}');
  }
  json.push_back('}');
  return json;
}

}  // namespace wriftai
