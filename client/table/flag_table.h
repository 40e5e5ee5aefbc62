#ifndef WRIFTAI_CLIENT_TABLE_FLAG_TABLE_H_
#define WRIFTAI_CLIENT_TABLE_FLAG_TABLE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/table/flag_spec.h"

// All flags, by what they are for. All functions: any thread; what they return
// is constant.

namespace wriftai::client {

struct FlagGroup {
  const char* title;  // In the help.
  absl::Span<const FlagSpec> flags;
};

FlagGroup CreateFlags();
FlagGroup WaitFlags();
FlagGroup PayloadFlags();
FlagGroup ListFlags();
FlagGroup HealthFlags();
FlagGroup OutputFlags();
FlagGroup ConnectionFlags();
FlagGroup GeneralFlags();

// Of all groups.
std::vector<const FlagSpec*> AllFlags();

// Null if no group has it. `name`: with underscores.
const FlagSpec* FindFlag(absl::string_view name);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_TABLE_FLAG_TABLE_H_
