#include "sandbox/run_script.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sandbox/uuid.h"

namespace wriftai::sandbox {
namespace {

using Kind = JsonValue::Kind;

// An answer to a long prompt quotes its beginning only.
constexpr size_t kQuotedPrompt = 200;

// Most bytes of an output on demand: the largest body that requests may have.
constexpr int64_t kMaxOutputBytes = 64 << 20;

// A week: longer than any test, and far from the end of time.
constexpr double kMaxSeconds = 7 * 24 * 3600;

constexpr int64_t kLargeModelBytes = 4 << 20;

std::shared_ptr<const std::string> Shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string AnswerJson(const ModelVersion& model, const JsonValue& input) {
  std::string prompt;
  if (const auto found = input.Find("prompt")) {
    prompt = found->AsString().value_or("");
  }
  if (prompt.size() > kQuotedPrompt) {
    size_t cut = kQuotedPrompt;
    while ((prompt[cut] & 0xc0) == 0x80) --cut;
    prompt = absl::StrCat(prompt.substr(0, cut), "…");
  }
  return JsonQuote(absl::StrCat("You asked: ", prompt, "\nThis is ",
                                model.owner, "/", model.name, ":", model.number,
                                " of the sandbox, which answers everybody "
                                "alike."));
}

RunEnd EndOf(const ModelVersion& model, const JsonValue& input,
             const std::shared_ptr<const std::string>& input_text) {
  RunEnd end;
  switch (model.behaviour) {
    case ModelVersion::Behaviour::kText:
      end.output.json = Shared(AnswerJson(model, input));
      break;
    case ModelVersion::Behaviour::kEcho:
      end.output.json = input_text;
      break;
    case ModelVersion::Behaviour::kLarge:
      end.output.generated_bytes = kLargeModelBytes;
      break;
    case ModelVersion::Behaviour::kFail:
      end.status = "failed";
      end.error_json =
          ErrorJson("external", "The model raised an error",
                    R"({"type":"ValueError",)"
                    R"("frames":[{"file":"predict.py","line":42}]})");
      break;
  }
  return end;
}

// Reads the member "sandbox" of an input into a plan.
class Overrides {
 public:
  Overrides(RunScript* plan, ValidationErrors* problems)
      : plan_(plan), errors_(problems) {}

  void Read(const JsonValue& overrides) {
    if (!overrides.IsObject()) {
      errors_->Add({"body", "input", "sandbox"}, "Input should be an object",
                   "dict_type");
      return;
    }
    const std::vector<JsonValue::Member> members = overrides.Members();
    // The outcome first: an output or an error is set into it.
    for (const auto& [name, value] : members) {
      if (name == "outcome") ReadOutcome(value);
    }
    for (const auto& [name, value] : members) ReadMember(name, value);
  }

 private:
  void Wrong(absl::string_view name, absl::string_view wanted) {
    errors_->Add({"body", "input", "sandbox", name},
                 absl::StrCat("Input should be ", wanted), "value_error");
  }

  void ReadOutcome(const JsonValue& value) {
    const std::optional<std::string> status = value.AsString();
    if (!status.has_value() || status->empty()) {
      return Wrong("outcome", "a status, such as failed");
    }
    plan_->end.status = *status;
    if (*status == "succeeded") {
      plan_->end.error_json.clear();
      return;
    }
    plan_->end.output = Output();
    if (*status == "failed" && plan_->end.error_json.empty()) {
      plan_->end.error_json =
          ErrorJson("external", "The input asked for a failure", "null");
    }
  }

  void ReadMember(const std::string& name, const JsonValue& value) {
    if (name == "pending_s") {
      ReadSeconds(name, value, &plan_->pending);
    } else if (name == "run_s") {
      ReadSeconds(name, value, &plan_->run);
    } else if (name == "output") {
      plan_->end.output = Output{Shared(std::string(value.raw())), 0};
    } else if (name == "output_bytes") {
      const std::optional<int64_t> bytes = value.AsInteger();
      if (!bytes.has_value() || *bytes < 64 || *bytes > kMaxOutputBytes) {
        return Wrong(
            name, absl::StrCat("a whole number from 64 to ", kMaxOutputBytes));
      }
      plan_->end.output = Output{nullptr, *bytes};
    } else if (name == "error") {
      plan_->end.error_json = std::string(value.raw());
    } else if (name == "id") {
      plan_->id = ParseUuid(value.AsString().value_or(""));
      if (!plan_->id.has_value()) Wrong(name, "a UUID");
    } else if (name != "outcome") {
      Wrong(name,
            "absent: known are id, pending_s, run_s, outcome, output, "
            "output_bytes, error");
    }
  }

  void ReadSeconds(const std::string& name, const JsonValue& value,
                   absl::Duration* duration) {
    const std::optional<double> seconds = value.AsNumber();
    if (!seconds.has_value() || *seconds < 0 || *seconds > kMaxSeconds) {
      return Wrong(name, absl::StrCat("seconds from 0 to ", kMaxSeconds));
    }
    *duration = absl::Seconds(*seconds);
  }

  RunScript* const plan_;
  ValidationErrors* const errors_;
};

}  // namespace

RunScript PlanRun(const ModelVersion& model,
                  const std::shared_ptr<const std::string>& input_text,
                  double time_scale, ValidationErrors* problems) {
  const JsonValue input = std::get<JsonValue>(ParseJson(*input_text));
  RunScript plan;
  plan.pending = model.pending * time_scale;
  plan.run = model.run * time_scale;
  if (const ValidationErrors wrong = CheckInput(model, input); !wrong.empty()) {
    plan.run = std::min(plan.run, absl::Milliseconds(100) * time_scale);
    plan.end.status = "failed";
    plan.end.error_json = ErrorJson(
        "external", "The input does not meet the schema", wrong.ListJson());
  } else {
    plan.end = EndOf(model, input, input_text);
  }
  if (const auto overrides = input.Find("sandbox")) {
    Overrides(&plan, problems).Read(*overrides);
  }
  return plan;
}

ValidationErrors CheckInput(const ModelVersion& model, const JsonValue& input) {
  ValidationErrors problems;
  if (const auto violation = model.input_schema.Check(input)) {
    std::vector<std::string> location = {R"("body")", R"("input")"};
    location.insert(location.end(), violation->path.begin(),
                    violation->path.end());
    problems.AddRaw(location, violation->message, violation->type);
  }
  return problems;
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
