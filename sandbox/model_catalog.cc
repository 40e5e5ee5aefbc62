#include "sandbox/model_catalog.h"

#include <utility>

#include "absl/strings/numbers.h"

namespace wriftai::sandbox {
namespace {

constexpr char kPromptSchema[] = R"({
  "type": "object",
  "properties": {
    "prompt": {"type": "string", "minLength": 1},
    "max_tokens": {"type": "integer", "minimum": 1, "maximum": 32768},
    "temperature": {"type": "number", "minimum": 0, "maximum": 2},
    "stop": {"type": "array", "items": {"type": "string"}, "maxItems": 4}
  },
  "required": ["prompt"]
})";

constexpr char kOpenSchema[] = "{}";

}  // namespace

std::optional<ModelName> ParseModelName(absl::string_view text) {
  ModelName model;
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  model.owner = std::string(text.substr(0, slash));
  absl::string_view rest = text.substr(slash + 1);
  if (const size_t colon = rest.find(':'); colon != absl::string_view::npos) {
    int64_t version = 0;
    if (!absl::SimpleAtoi(rest.substr(colon + 1), &version) || version < 1) {
      return std::nullopt;
    }
    model.version = version;
    rest = rest.substr(0, colon);
  }
  model.name = std::string(rest);
  if (model.owner.empty() || model.name.empty() ||
      rest.find('/') != absl::string_view::npos) {
    return std::nullopt;
  }
  return model;
}

ModelCatalog::ModelCatalog() {
  using Behavior = ModelVersion::Behavior;
  const auto add = [this](absl::string_view owner, absl::string_view name,
                          int64_t number, Behavior behavior,
                          absl::Duration pending, absl::Duration run,
                          const char* schema) {
    versions_.push_back(ModelVersion{std::string(owner), std::string(name),
                                     number, behavior, pending, run,
                                     JsonSchema(schema)});
  };
  const absl::Duration queue = absl::Milliseconds(500);
  add("deepseek-ai", "deepseek-r1", 1, Behavior::kText, queue,
      absl::Milliseconds(2500), kPromptSchema);
  add("deepseek-ai", "deepseek-r1", 2, Behavior::kText, queue,
      absl::Milliseconds(2500), kPromptSchema);
  add("wriftai", "slow", 1, Behavior::kText, queue, absl::Seconds(60),
      kPromptSchema);
  add("wriftai", "failing", 1, Behavior::kFail, queue, absl::Seconds(1),
      kOpenSchema);
  add("wriftai", "large", 1, Behavior::kLarge, queue, absl::Seconds(1),
      kOpenSchema);
  add("wriftai", "echo", 1, Behavior::kEcho, absl::Milliseconds(50),
      absl::Milliseconds(50), kOpenSchema);
}

const ModelVersion* ModelCatalog::Find(const ModelName& name) const {
  const ModelVersion* found = nullptr;
  for (const ModelVersion& version : versions_) {
    if (version.owner != name.owner || version.name != name.name) continue;
    if (name.version.has_value() && *name.version != version.number) continue;
    if (found == nullptr || found->number < version.number) found = &version;
  }
  return found;
}

}  // namespace wriftai::sandbox
