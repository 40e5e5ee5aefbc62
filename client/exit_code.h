#ifndef WRIFTAI_CLIENT_EXIT_CODE_H_
#define WRIFTAI_CLIENT_EXIT_CODE_H_

// What the shell is told. A signal that ended the program gives 128 and its
// number, as shells have it: 130 for Ctrl-C.

namespace wriftai::client {

// The command is done; a prediction that was waited for has succeeded.
inline constexpr int kExitDone = 0;

// The prediction ended FAILED: the call was fine, the model was not.
inline constexpr int kExitPredictionFailed = 1;

// The gateway does not say that it serves: what container engines expect of a
// health check.
inline constexpr int kExitNotServing = 1;

// The command line, or a file that it names, is wrong. Nothing was sent.
inline constexpr int kExitWrongUsage = 2;

// The call ended with an error, or its answer could not be written.
inline constexpr int kExitCallFailed = 3;

inline constexpr int kExitSignalBase = 128;

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_EXIT_CODE_H_
