#include "sandbox/create_request.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "sandbox/json.h"

namespace wriftai::sandbox {
namespace {

constexpr char kMissing[] = "Field required";
constexpr char kNotAString[] = "Input should be a valid string";
constexpr char kNotAnObject[] =
    "Input should be a valid dictionary or object to extract fields from";

// FastAPI reads a body as JSON if its content type is JSON or absent.
bool IsJsonType(absl::string_view content_type) {
  const absl::string_view type = absl::StripAsciiWhitespace(
      content_type.substr(0, content_type.find(';')));
  return type.empty() || absl::EqualsIgnoreCase(type, "application/json") ||
         (absl::StartsWithIgnoreCase(type, "application/") &&
          absl::EndsWithIgnoreCase(type, "+json"));
}

// Whether `url` is an http or https URL with a host.
bool IsHttpUrl(absl::string_view url) {
  const size_t scheme = absl::StartsWithIgnoreCase(url, "http://")    ? 7
                        : absl::StartsWithIgnoreCase(url, "https://") ? 8
                                                                      : 0;
  const absl::string_view rest = url.substr(scheme);
  return scheme > 0 && !rest.empty() && rest[0] != '/' && rest[0] != ':' &&
         rest.find_first_of(" \t\r\n") == absl::string_view::npos;
}

class Reader {
 public:
  Reader(const Route& route, const Request& request)
      : route_(route), request_(request) {}

  std::variant<CreateRequest, ValidationErrors> Read() {
    ReadPath();
    ReadValidateInput();
    create_.wait = ReadPreferredWait(request_.Header("prefer"));
    ReadBody();
    if (!errors_.empty()) return std::move(errors_);
    return std::move(create_);
  }

 private:
  void ReadPath() {
    if (route_.endpoint == Endpoint::kCreate) return;
    create_.model.owner = route_.arguments[0];
    create_.model.name = route_.arguments[1];
    if (route_.endpoint != Endpoint::kCreateVersion) return;
    int64_t number = 0;
    if (!absl::SimpleAtoi(route_.arguments[2], &number)) {
      errors_.Add({"path", "number"},
                  "Input should be a valid integer, unable to parse string "
                  "as an integer",
                  "int_parsing");
    }
    create_.model.version = number;
  }

  void ReadValidateInput() {
    const std::string text = absl::AsciiStrToLower(
        absl::StripAsciiWhitespace(request_.Header("validate-input")));
    if (text == "true" || text == "1" || text == "on" || text == "yes") {
      create_.validate_input = true;
    } else if (!text.empty() && text != "false" && text != "0" &&
               text != "off" && text != "no") {
      errors_.Add({"header", "validate-input"},
                  "Input should be a valid boolean, unable to interpret "
                  "input",
                  "bool_parsing");
    }
  }

  void ReadBody() {
    if (request_.body.empty()) {
      return errors_.Add({"body"}, kMissing, "missing");
    }
    if (!IsJsonType(request_.Header("content-type"))) {
      return errors_.Add({"body"}, kNotAnObject, "model_attributes_type");
    }
    const auto parsed = ParseJson(request_.body);
    if (const auto* const error = std::get_if<JsonError>(&parsed)) {
      return errors_.AddRaw({R"("body")", absl::StrCat(error->offset)},
                            "JSON decode error", "json_invalid");
    }
    const JsonValue& body = std::get<JsonValue>(parsed);
    if (!body.IsObject()) {
      return errors_.Add({"body"}, kNotAnObject, "model_attributes_type");
    }
    if (route_.endpoint == Endpoint::kCreate) ReadModel(body.Find("model"));
    if (const auto input = body.Find("input")) {
      create_.input =
          std::make_shared<const std::string>(std::string(input->raw()));
    } else {
      errors_.Add({"body", "input"}, kMissing, "missing");
    }
    ReadWebhook(body.Find("webhook"));
  }

  void ReadModel(const std::optional<JsonValue>& model) {
    if (!model.has_value()) {
      return errors_.Add({"body", "model"}, kMissing, "missing");
    }
    const std::optional<std::string> text = model->AsString();
    if (!text.has_value()) {
      return errors_.Add({"body", "model"}, kNotAString, "string_type");
    }
    if (std::optional<ModelName> name = ParseModelName(*text)) {
      create_.model = *std::move(name);
    } else {
      errors_.Add({"body", "model"},
                  "Value error, model should be owner/name or "
                  "owner/name:version_number",
                  "value_error");
    }
  }

  void ReadWebhook(const std::optional<JsonValue>& webhook) {
    if (!webhook.has_value() || webhook->IsNull()) return;
    if (!webhook->IsObject()) {
      return errors_.Add({"body", "webhook"}, kNotAnObject,
                         "model_attributes_type");
    }
    Webhook read;
    if (const auto url = webhook->Find("url")) {
      read.url = url->AsString().value_or("");
      if (!IsHttpUrl(read.url)) {
        errors_.Add({"body", "webhook", "url"},
                    "Input should be a valid URL with the scheme 'http' or "
                    "'https'",
                    "url_parsing");
      }
    } else {
      errors_.Add({"body", "webhook", "url"}, kMissing, "missing");
    }
    const auto secret = webhook->Find("secret");
    if (secret.has_value() && !secret->IsNull()) {
      std::optional<std::string> text = secret->AsString();
      if (!text.has_value()) {
        errors_.Add({"body", "webhook", "secret"}, kNotAString, "string_type");
      }
      read.secret = Secret(std::move(text).value_or(""));
    }
    create_.webhook = std::move(read);
  }

  const Route& route_;
  const Request& request_;
  CreateRequest create_;
  ValidationErrors errors_;
};

}  // namespace

std::variant<CreateRequest, ValidationErrors> ReadCreateRequest(
    const Route& route, const Request& request) {
  return Reader(route, request).Read();
}

absl::Duration ReadPreferredWait(absl::string_view prefer) {
  for (absl::string_view preference : absl::StrSplit(prefer, ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(preference, absl::MaxSplits('=', 1));
    int64_t seconds = 0;
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first),
                               "wait") &&
        absl::SimpleAtoi(parts.second, &seconds) && seconds > 0) {
      return absl::Seconds(seconds);
    }
  }
  return absl::ZeroDuration();
}

}  // namespace wriftai::sandbox
