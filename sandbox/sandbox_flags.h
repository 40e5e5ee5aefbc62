#ifndef WRIFTAI_SANDBOX_SANDBOX_FLAGS_H_
#define WRIFTAI_SANDBOX_SANDBOX_FLAGS_H_

#include "base/flag_set.h"
#include "sandbox/sandbox_options.h"

namespace wriftai::sandbox {

// Binds the flags of wriftai-sandbox to `options`, which must outlive
// flags->Parse().
void AddSandboxFlags(SandboxOptions* options, FlagSet* flags);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_SANDBOX_FLAGS_H_
