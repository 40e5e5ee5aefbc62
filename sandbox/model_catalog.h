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
  std::optional<int64_t> version;  // Unset: the latest.
};

// Parses `owner/name` or `owner/name:version_number`; nullopt for other text.
std::optional<ModelName> ParseModelName(absl::string_view text);

// A version of a sandbox model, and how its runs behave.
struct ModelVersion {
  enum class Behavior {
    kText,   // Outputs a text for the prompt.
    kEcho,   // Outputs the input.
    kLarge,  // Outputs a few MiB of JSON.
    kFail,   // Fails.
  };

  std::string owner;
  std::string name;
  int64_t number = 1;
  Behavior behavior = Behavior::kText;
  absl::Duration pending;  // From creation to the start of the run.
  absl::Duration run;      // From the start to the end of the run.
  JsonSchema input_schema;
};

// The models of the sandbox.
//
// Threads: immutable, any. Owns: the versions.
class ModelCatalog {
 public:
  ModelCatalog();

  // Null if there is no such model or version. Valid as long as this.
  const ModelVersion* Find(const ModelName& name) const;

  const std::vector<ModelVersion>& versions() const { return versions_; }

 private:
  std::vector<ModelVersion> versions_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_MODEL_CATALOG_H_
