#include "upstream/json/prediction_json.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "upstream/json/json_fields.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_members.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

// A payload of fewer bytes is copied: that costs less than its memory's unused
// part, and than moving it to the beginning.
constexpr size_t kMinTakenBytes = 4096;

// What becomes of a prediction's payloads, logs and error.
enum class Payloads { kInclude, kOmit };

v1::PredictionStatus StatusFromText(absl::string_view text) {
  if (text == "pending") return v1::PREDICTION_STATUS_PENDING;
  if (text == "started") return v1::PREDICTION_STATUS_STARTED;
  if (text == "succeeded") return v1::PREDICTION_STATUS_SUCCEEDED;
  if (text == "failed") return v1::PREDICTION_STATUS_FAILED;
  return v1::PREDICTION_STATUS_UNSPECIFIED;
}

// INVALID_ARGUMENT with the expected and the actual value of member `name`.
absl::Status UnexpectedMember(const JsonMembers& members,
                              absl::string_view name,
                              absl::string_view expected) {
  const std::optional<JsonSlice> slice = members.Find(name);
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": expected ", expected, ", got ",
                   slice.has_value() ? QuoteForError(slice->text) : "nothing"));
}

// Reads the object `json`. An error quotes it.
absl::StatusOr<JsonMembers> ReadObject(
    absl::string_view json, std::initializer_list<absl::string_view> names) {
  absl::StatusOr<JsonMembers> members = JsonMembers::Read(json, names);
  if (members.ok()) return members;
  const absl::string_view problem = members.status().message();
  if (json.empty()) return absl::InvalidArgumentError(problem);
  return absl::InvalidArgumentError(
      absl::StrCat(problem, ": ", QuoteForError(json)));
}

// The members of an object that was validated as part of another.
JsonMembers ReadPart(const JsonSlice& object,
                     std::initializer_list<absl::string_view> names) {
  absl::StatusOr<JsonMembers> members = JsonMembers::Read(object.text, names);
  return members.ok() ? *std::move(members) : JsonMembers();
}

absl::Status ReadId(const JsonMembers& members, v1::Prediction& prediction) {
  const std::optional<JsonSlice> slice = members.FindPresent("id");
  // The size of a UUID with each character written as \uXXXX.
  constexpr size_t kMaxIdTextBytes = 36 * 6 + 2;
  if (slice.has_value() && slice->kind == JsonKind::kString &&
      slice->text.size() <= kMaxIdTextBytes) {
    if (auto id = UuidFromText(DecodeJsonToken(slice->text).text)) {
      prediction.set_id(*std::move(id));
      return absl::OkStatus();
    }
  }
  return UnexpectedMember(members, "id", "a UUID");
}

absl::Status ReadStatus(const JsonMembers& members, JsonFields& fields,
                        v1::Prediction& prediction) {
  std::optional<std::string> text = fields.Line("status", kMaxStatusBytes);
  if (!text.has_value() || text->empty()) {
    static_assert(kMaxStatusBytes == 64, "update the message below");
    return UnexpectedMember(members, "status", "a string of 1 to 64 bytes");
  }
  prediction.set_status(StatusFromText(*text));
  prediction.set_status_text(*std::move(text));
  return absl::OkStatus();
}

void ReadModel(JsonFields& fields, InexactFields& inexact,
               v1::Prediction& prediction) {
  const std::optional<JsonSlice> slice = fields.Object("model");
  if (!slice.has_value()) return;
  const JsonMembers members =
      ReadPart(*slice, {"owner", "name", "version_number"});
  JsonFields model(members, "model.", inexact);
  v1::Model& read = *prediction.mutable_model();
  read.set_owner(model.Line("owner", kMaxModelNameBytes).value_or(""));
  read.set_name(model.Line("name", kMaxModelNameBytes).value_or(""));
  if (const auto version = model.Integer("version_number")) {
    read.set_version_number(*version);
  }
}

void ReadError(const JsonMembers& members, JsonFields& fields,
               InexactFields& inexact, v1::Prediction& prediction) {
  const std::optional<JsonSlice> slice = members.FindPresent("error");
  if (!slice.has_value()) return;
  if (slice->kind == JsonKind::kString) {
    prediction.mutable_error()->set_message(
        fields.Text("error", kMaxErrorMessageBytes).value_or(""));
    return;
  }
  if (!fields.Object("error").has_value()) return;
  const JsonMembers parts = ReadPart(*slice, {"source", "message", "detail"});
  JsonFields error(parts, "error.", inexact);
  v1::PredictionError& read = *prediction.mutable_error();
  read.set_source(error.Line("source", kMaxErrorSourceBytes).value_or(""));
  read.set_message(error.Text("message", kMaxErrorMessageBytes).value_or(""));
  if (const auto detail = error.Payload("detail")) {
    read.set_detail_json(std::string(*detail));
  }
}

void SetLines(std::vector<std::string> lines, v1::Logs& logs) {
  for (std::string& line : lines) logs.add_lines(std::move(line));
}

void ReadTimes(JsonFields& fields, v1::Prediction& prediction) {
  if (auto time = fields.Time("created_at")) {
    *prediction.mutable_created_at() = *std::move(time);
  }
  if (auto time = fields.Time("updated_at")) {
    *prediction.mutable_updated_at() = *std::move(time);
  }
  if (auto text = fields.LineOrNumber("setup_time", kMaxTimeBytes)) {
    prediction.set_setup_time(*std::move(text));
  }
  if (auto text = fields.LineOrNumber("execution_time", kMaxTimeBytes)) {
    prediction.set_execution_time(*std::move(text));
  }
}

// `part`, a part of `*memory`, with that memory if it is mostly `part`.
std::string TakePart(absl::string_view part, std::string* memory) {
  if (memory == nullptr || part.size() < kMinTakenBytes ||
      part.size() < memory->capacity() / 2) {
    return std::string(part);
  }
  const auto begin = static_cast<size_t>(part.data() - memory->data());
  std::string taken = std::move(*memory);
  taken.resize(begin + part.size());
  taken.erase(0, begin);
  return taken;
}

using OptionalText = std::optional<absl::string_view>;

// The larger one last: taking the memory ends the views into it.
void SetPayloads(const OptionalText& input, const OptionalText& output,
                 std::string* memory, v1::Prediction& prediction) {
  const bool input_last =
      input.value_or("").size() > output.value_or("").size();
  if (output.has_value() && input_last) {
    prediction.set_output_json(std::string(*output));
  }
  if (input.has_value()) {
    prediction.set_input_json(TakePart(*input, input_last ? memory : nullptr));
  }
  if (output.has_value() && !input_last) {
    prediction.set_output_json(TakePart(*output, memory));
  }
}

void ReadLogs(JsonFields& fields, v1::Prediction& prediction) {
  if (auto lines = fields.Lines("logs", kMaxLogLines, kMaxLogBytes)) {
    SetLines(*std::move(lines), *prediction.mutable_logs());
  }
  if (auto lines = fields.Lines("setup_logs", kMaxLogLines, kMaxLogBytes)) {
    SetLines(*std::move(lines), *prediction.mutable_setup_logs());
  }
}

// `memory`: the string that contains `json` and may be taken, or null.
absl::StatusOr<v1::Prediction> ReadPrediction(absl::string_view json,
                                              Payloads payloads,
                                              std::string* memory = nullptr) {
  const auto members =
      ReadObject(json, {"id", "status", "model", "created_at", "updated_at",
                        "setup_time", "execution_time", "url", "input",
                        "output", "error", "logs", "setup_logs"});
  if (!members.ok()) return members.status();
  InexactFields inexact;
  JsonFields fields(*members, "", inexact);
  v1::Prediction prediction;
  absl::Status required = ReadId(*members, prediction);
  required.Update(ReadStatus(*members, fields, prediction));
  if (!required.ok()) return required;
  ReadModel(fields, inexact, prediction);
  ReadTimes(fields, prediction);
  if (auto url = fields.Line("url", kMaxUrlBytes)) {
    prediction.set_url(*std::move(url));
  }
  if (payloads == Payloads::kInclude) {
    const OptionalText input = fields.Payload("input");
    const OptionalText output = fields.Payload("output");
    ReadLogs(fields, prediction);
    ReadError(*members, fields, inexact, prediction);
    SetPayloads(input, output, memory, prediction);
  }
  for (const std::string& name : inexact.names()) {
    prediction.add_inexact_fields(name);
  }
  return prediction;
}

bool Contains(const PredictionPage& page, absl::string_view id) {
  return std::any_of(
      page.predictions.begin(), page.predictions.end(),
      [id](const v1::Prediction& item) { return item.id() == id; });
}

}  // namespace

absl::StatusOr<v1::Prediction> PredictionFromJson(absl::string_view json) {
  return ReadPrediction(WithoutByteOrderMark(json), Payloads::kInclude);
}

absl::StatusOr<v1::Prediction> TakePredictionFromJson(std::string& json) {
  return ReadPrediction(WithoutByteOrderMark(json), Payloads::kInclude, &json);
}

absl::StatusOr<PredictionPage> PredictionPageFromJson(absl::string_view json) {
  const auto members = ReadObject(WithoutByteOrderMark(json),
                                  {"items", "next_cursor", "previous_cursor"});
  if (!members.ok()) return members.status();
  const std::optional<JsonSlice> items = members->Find("items");
  if (!items.has_value() || items->kind != JsonKind::kArray) {
    return UnexpectedMember(*members, "items", "an array");
  }
  InexactFields inexact;
  JsonFields fields(*members, "", inexact);
  PredictionPage page;
  page.next_cursor = fields.Cursor("next_cursor").value_or("");
  page.previous_cursor = fields.Cursor("previous_cursor").value_or("");
  const absl::Status status =
      ForEachJsonElement(items->text, [&](const JsonSlice& item) {
        if (page.predictions.size() < kMaxPageItems) {
          auto prediction = ReadPrediction(item.text, Payloads::kOmit);
          if (prediction.ok() && !Contains(page, prediction->id())) {
            page.predictions.push_back(*std::move(prediction));
            return;
          }
        }
        ++page.skipped_items;
      });
  if (!status.ok()) return status;
  if (page.skipped_items > 0) fields.MarkInexact("items");
  page.inexact_fields = inexact.names();
  return page;
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
