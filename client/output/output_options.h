#ifndef WRIFTAI_CLIENT_OUTPUT_OUTPUT_OPTIONS_H_
#define WRIFTAI_CLIENT_OUTPUT_OUTPUT_OPTIONS_H_

#include <string>

namespace wriftai::client {

// What a command prints to standard output. docs/wriftctl.md has the table.
enum class OutputFormat {
  kText,  // For people; may change.
  kJson,  // Protobuf JSON, one message per line. Errors are JSON, too.
  kId,    // The ids of predictions, one per line.
  kRaw,   // Only the output of the prediction, byte for byte.
};

enum class ColorMode { kAuto, kAlways, kNever };

struct OutputOptions {
  OutputFormat format = OutputFormat::kText;

  // No progress and no hints on standard error, only errors.
  bool quiet = false;

  ColorMode color = ColorMode::kAuto;

  // The file that receives the result; empty: standard output.
  std::string file;

  bool json() const { return format == OutputFormat::kJson; }
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_OUTPUT_OPTIONS_H_
