#include "client/output/render.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/output/color.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

// The name of an enum value without its prefix: "STARTED", "GET".
std::string ShortName(const std::string& name, absl::string_view prefix) {
  return std::string(absl::StripPrefix(name, prefix));
}

std::string JsonOf(const google::protobuf::Value& value) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(value, &json);
  return status.ok() ? json : value.ShortDebugString();
}

// The payload's JSON text; nullopt if there is no payload.
std::optional<std::string> OutputJson(const v1::Prediction& prediction) {
  switch (prediction.output_payload_case()) {
    case v1::Prediction::kOutputJson:
      return prediction.output_json();
    case v1::Prediction::kOutput:
      return JsonOf(prediction.output());
    case v1::Prediction::OUTPUT_PAYLOAD_NOT_SET:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> DetailJson(const v1::PredictionError& error) {
  switch (error.detail_payload_case()) {
    case v1::PredictionError::kDetailJson:
      return error.detail_json();
    case v1::PredictionError::kDetail:
      return JsonOf(error.detail());
    case v1::PredictionError::DETAIL_PAYLOAD_NOT_SET:
      break;
  }
  return std::nullopt;
}

// Decodes a JSON string. Returns any other JSON, and a string that cannot be
// decoded, unchanged.
std::string PayloadText(const std::string& json) {
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(json), "\"")) {
    return json;
  }
  google::protobuf::StringValue text;
  return google::protobuf::util::JsonStringToMessage(json, &text).ok()
             ? text.value()
             : json;
}

void AppendRow(absl::string_view name, absl::string_view text,
               std::string& out) {
  absl::StrAppendFormat(&out, "%-9s %s\n", name, PrintableLine(text));
}

void AppendTime(absl::string_view name, const google::protobuf::Timestamp& time,
                const TextStyle& style, std::string& out) {
  std::string text = TimeText(time);
  if (style.for_terminal && IsValid(time)) {
    absl::StrAppend(&text, " (", AgeText(style.now - FromProto(time)), ")");
  }
  AppendRow(name, text, out);
}

void AppendDuration(absl::string_view name, const std::string& iso,
                    const TextStyle& style, std::string& out) {
  AppendRow(name, style.for_terminal ? ShortDurationText(iso) : iso, out);
}

void AppendLogs(absl::string_view name, const v1::Logs& logs,
                std::string& out) {
  absl::StrAppend(&out, name, "\n");
  for (const std::string& line : logs.lines()) {
    absl::StrAppend(&out, "  ", PrintableLine(line), "\n");
  }
}

}  // namespace

bool HasEnded(const v1::Prediction& prediction) {
  return prediction.status() == v1::PREDICTION_STATUS_SUCCEEDED ||
         prediction.status() == v1::PREDICTION_STATUS_FAILED;
}

std::string StatusLabel(const v1::Prediction& prediction) {
  if (!prediction.status_text().empty()) return prediction.status_text();
  return absl::AsciiStrToLower(ShortName(
      v1::PredictionStatus_Name(prediction.status()), "PREDICTION_STATUS_"));
}

std::string ModelText(const v1::Model& model) {
  std::string text = absl::StrCat(model.owner(), "/", model.name());
  if (model.has_version_number()) {
    absl::StrAppend(&text, ":", model.version_number());
  }
  return text;
}

std::string StatusText(const v1::Prediction& prediction, bool color) {
  const std::string text = PrintableLine(StatusLabel(prediction));
  switch (prediction.status()) {
    case v1::PREDICTION_STATUS_SUCCEEDED:
      return Colored(Color::kGreen, text, color);
    case v1::PREDICTION_STATUS_FAILED:
      return Colored(Color::kRed, text, color);
    default:
      return Colored(Color::kYellow, text, color);
  }
}

std::string SourceLabel(v1::Source source) {
  return ShortName(v1::Source_Name(source), "SOURCE_");
}

std::string FailureText(const v1::PredictionError& error) {
  return absl::StrCat(error.source(), ": ", error.message());
}

std::optional<std::string> OutputText(const v1::Prediction& prediction) {
  const std::optional<std::string> output = OutputJson(prediction);
  const bool succeeded = prediction.status() == v1::PREDICTION_STATUS_SUCCEEDED;
  if (!output.has_value() || (*output == "null" && !succeeded)) {
    return std::nullopt;
  }
  return PayloadText(*output);
}

std::string RenderPrediction(const v1::Prediction& prediction,
                             const TextStyle& style) {
  std::string out;
  AppendRow("id", prediction.id(), out);
  AppendRow("model", ModelText(prediction.model()), out);
  absl::StrAppendFormat(&out, "%-9s %s\n", "status",
                        StatusText(prediction, style.color));
  if (prediction.has_created_at()) {
    AppendTime("created", prediction.created_at(), style, out);
  }
  if (prediction.has_updated_at()) {
    AppendTime("updated", prediction.updated_at(), style, out);
  }
  if (prediction.has_setup_time()) {
    AppendDuration("setup", prediction.setup_time(), style, out);
  }
  if (prediction.has_execution_time()) {
    AppendDuration("execution", prediction.execution_time(), style, out);
  }
  if (prediction.has_url()) AppendRow("url", prediction.url(), out);
  if (prediction.has_error()) {
    AppendRow("error", FailureText(prediction.error()), out);
    const std::optional<std::string> detail = DetailJson(prediction.error());
    if (detail.has_value() && *detail != "null") {
      AppendRow("detail", *detail, out);
    }
  }
  if (!prediction.inexact_fields().empty()) {
    AppendRow("inexact", absl::StrJoin(prediction.inexact_fields(), ", "), out);
  }
  if (prediction.has_setup_logs()) {
    AppendLogs("setup_logs", prediction.setup_logs(), out);
  }
  if (prediction.has_logs()) AppendLogs("logs", prediction.logs(), out);
  const std::optional<std::string> text = OutputText(prediction);
  if (!text.has_value()) return out;
  absl::StrAppend(&out, "\n",
                  style.for_terminal ? PrintableText(*text) : *text);
  if (out.back() != '\n') out.push_back('\n');
  return out;
}

absl::StatusOr<std::string> RenderJson(
    const google::protobuf::Message& message) {
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json);
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat(
        "cannot convert the response to JSON: ",
        absl::string_view(status.message().data(), status.message().size())));
  }
  json.push_back('\n');
  return json;
}

}  // namespace wriftai::client
