#include "sandbox/run_script.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sandbox/uuid.h"

namespace wriftai::sandbox {
namespace {

using Kind = JsonValue::Kind;

// The output quotes only the start of a long prompt.
constexpr size_t kMaxQuotedPrompt = 200;

// The limit of "output_bytes"; equals the largest request body.
constexpr int64_t kMaxOutputBytes = 64 << 20;

// A week: longer than any test, and far from overflow.
constexpr double kMaxSeconds = 7 * 24 * 3600;

constexpr int64_t kLargeModelBytes = 4 << 20;

std::shared_ptr<const std::string> Shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string TextOutputJson(const ModelVersion& model, const JsonValue& input) {
  std::string prompt;
  if (const auto found = input.Find("prompt")) {
    prompt = found->AsString().value_or("");
  }
  if (prompt.size() > kMaxQuotedPrompt) {
    size_t cut = kMaxQuotedPrompt;
    while ((prompt[cut] & 0xc0) == 0x80) --cut;
    prompt = absl::StrCat(prompt.substr(0, cut), "…");
  }
  return JsonQuote(absl::StrCat(
      "You asked: ", prompt, "\nThis is a canned response from the sandbox ",
      "model ", model.owner, "/", model.name, ":", model.number, "."));
}

RunEnd EndOf(const ModelVersion& model, const JsonValue& input,
             const std::shared_ptr<const std::string>& input_text) {
  RunEnd end;
  switch (model.behavior) {
    case ModelVersion::Behavior::kText:
      end.output.json = Shared(TextOutputJson(model, input));
      break;
    case ModelVersion::Behavior::kEcho:
      end.output.json = input_text;
      break;
    case ModelVersion::Behavior::kLarge:
      end.output.generated_bytes = kLargeModelBytes;
      break;
    case ModelVersion::Behavior::kFail:
      end.status = "failed";
      end.error_json =
          ErrorJson("external", "The model raised an error",
                    R"({"type":"ValueError",)"
                    R"("frames":[{"file":"predict.py","line":42}]})");
      break;
  }
  return end;
}

// Applies the member "sandbox" of an input to a script.
class Overrides {
 public:
  Overrides(RunScript* script, ValidationErrors* errors)
      : script_(script), errors_(errors) {}

  void Read(const JsonValue& overrides) {
    if (!overrides.IsObject()) {
      errors_->Add({"body", "input", "sandbox"}, "Input should be an object",
                   "dict_type");
      return;
    }
    const std::vector<JsonValue::Member> members = overrides.Members();
    // Reads the outcome first, since it resets output and error.
    for (const auto& [name, value] : members) {
      if (name == "outcome") ReadOutcome(value);
    }
    for (const auto& [name, value] : members) ReadMember(name, value);
  }

 private:
  void AddError(absl::string_view name, absl::string_view expected) {
    errors_->Add({"body", "input", "sandbox", name},
                 absl::StrCat("Input should be ", expected), "value_error");
  }

  void ReadOutcome(const JsonValue& value) {
    const std::optional<std::string> status = value.AsString();
    if (!status.has_value() || status->empty()) {
      return AddError("outcome", "a status, such as failed");
    }
    script_->end.status = *status;
    if (*status == "succeeded") {
      script_->end.error_json.clear();
      return;
    }
    script_->end.output = Output();
    if (*status == "failed" && script_->end.error_json.empty()) {
      script_->end.error_json =
          ErrorJson("external", "The input requested a failure", "null");
    }
  }

  void ReadMember(const std::string& name, const JsonValue& value) {
    if (name == "pending_s") {
      ReadSeconds(name, value, &script_->pending);
    } else if (name == "run_s") {
      ReadSeconds(name, value, &script_->run);
    } else if (name == "output") {
      script_->end.output = Output{Shared(std::string(value.raw())), 0};
    } else if (name == "output_bytes") {
      const std::optional<int64_t> bytes = value.AsInteger();
      if (!bytes.has_value() || *bytes < 64 || *bytes > kMaxOutputBytes) {
        return AddError(
            name, absl::StrCat("a whole number from 64 to ", kMaxOutputBytes));
      }
      script_->end.output = Output{nullptr, *bytes};
    } else if (name == "error") {
      script_->end.error_json = std::string(value.raw());
    } else if (name == "id") {
      script_->id = ParseUuid(value.AsString().value_or(""));
      if (!script_->id.has_value()) AddError(name, "a UUID");
    } else if (name != "outcome") {
      AddError(
          name,
          "absent; known members are id, pending_s, run_s, outcome, output, "
          "output_bytes, error");
    }
  }

  void ReadSeconds(const std::string& name, const JsonValue& value,
                   absl::Duration* duration) {
    const std::optional<double> seconds = value.AsNumber();
    if (!seconds.has_value() || *seconds < 0 || *seconds > kMaxSeconds) {
      return AddError(name, absl::StrCat("seconds from 0 to ", kMaxSeconds));
    }
    *duration = absl::Seconds(*seconds);
  }

  RunScript* const script_;
  ValidationErrors* const errors_;
};

}  // namespace

RunScript MakeRunScript(const ModelVersion& model,
                        const std::shared_ptr<const std::string>& input_text,
                        double time_scale, ValidationErrors* errors) {
  const JsonValue input = std::get<JsonValue>(ParseJson(*input_text));
  RunScript script;
  script.pending = model.pending * time_scale;
  script.run = model.run * time_scale;
  if (const ValidationErrors violations = CheckInput(model, input);
      !violations.empty()) {
    script.run = std::min(script.run, absl::Milliseconds(100) * time_scale);
    script.end.status = "failed";
    script.end.error_json = ErrorJson(
        "external", "The input violates the schema", violations.ListJson());
  } else {
    script.end = EndOf(model, input, input_text);
  }
  if (const auto overrides = input.Find("sandbox")) {
    Overrides(&script, errors).Read(*overrides);
  }
  return script;
}

ValidationErrors CheckInput(const ModelVersion& model, const JsonValue& input) {
  ValidationErrors errors;
  if (const auto violation = model.input_schema.Check(input)) {
    std::vector<std::string> location = {R"("body")", R"("input")"};
    location.insert(location.end(), violation->path.begin(),
                    violation->path.end());
    errors.AddRaw(location, violation->message, violation->type);
  }
  return errors;
}

std::string ErrorJson(absl::string_view source, absl::string_view message,
                      absl::string_view detail_json) {
  return JsonObject()
      .String("source", source)
      .String("message", message)
      .Raw("detail", detail_json)
      .Take();
}

}  // namespace wriftai::sandbox
