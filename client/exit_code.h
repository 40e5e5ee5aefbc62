#ifndef WRIFTAI_CLIENT_EXIT_CODE_H_
#define WRIFTAI_CLIENT_EXIT_CODE_H_

// Exit statuses. After a signal: 128 plus its number, the shells' convention,
// such as 130 for Ctrl-C.

namespace wriftai::client {

// The command succeeded, and so did the prediction that it waited for.
inline constexpr int kExitSuccess = 0;

// The calls succeeded, but the prediction ended FAILED.
inline constexpr int kExitPredictionFailed = 1;

// `health` did not get SERVING. Container engines expect 1 of a failed health
// check.
inline constexpr int kExitNotServing = 1;

// The command line, or a file that it names, is invalid. Nothing was sent.
inline constexpr int kExitUsageError = 2;

// The call failed, or its response could not be written.
inline constexpr int kExitCallFailed = 3;

inline constexpr int kExitSignalBase = 128;

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_EXIT_CODE_H_
