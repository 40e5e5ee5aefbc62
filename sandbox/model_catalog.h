#ifndef WRIFTAI_SANDBOX_MODEL_CATALOG_H_
#define WRIFTAI_SANDBOX_MODEL_CATALOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sandbox/json.h"

namespace wriftai::sandbox {

struct ModelName {
  std::string owner;
  std::string name;
  std::optional<int64_t> version;  // None: the latest.
};

// `owner/name` or `owner/name:version_number`; nothing for any other text.
std::optional<ModelName> ParseModelName(absl::string_view text);

// One version of a model of the sandbox, and what a run of it does.
struct ModelVersion {
  enum class Behaviour {
    kText,   // Answers the prompt with a text.
    kEcho,   // Gives the input back.
    kLarge,  // Gives a few MiB of JSON.
    kFail,   // Fails.
  };

  std::string owner;
  std::string name;
  int64_t number = 1;
  Behaviour behaviour = Behaviour::kText;
  absl::Duration pending;  // From creation until a runtime has it.
  absl::Duration run;      // From then until the end.
  JsonSchema input_schema;
};

// The models that the sandbox knows.
//
// Threads: immutable, any. Owns: the versions.
class ModelCatalog {
 public:
  ModelCatalog();

  // Null where there is no such model or version. Valid as long as this.
  const ModelVersion* Find(const ModelName& name) const;

  const std::vector<ModelVersion>& versions() const { return versions_; }

 private:
  std::vector<ModelVersion> versions_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_MODEL_CATALOG_H_
