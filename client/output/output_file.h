#ifndef WRIFTAI_CLIENT_OUTPUT_OUTPUT_FILE_H_
#define WRIFTAI_CLIENT_OUTPUT_OUTPUT_FILE_H_

#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wriftai::client {

// The file of --output_file. It is written beside its final place, and renamed
// there by Commit(), so readers see the old content or all of the new. A
// symbolic link stays one. A device or a pipe is written directly.
//
// Threads: one. Owns: the new file; without Commit(), the destructor removes
// it. Fails: Open() and Commit() with INVALID_ARGUMENT, a line for the user.
class OutputFile {
 public:
  static absl::StatusOr<std::unique_ptr<OutputFile>> Open(
      const std::string& path);

  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::ostream& stream() { return stream_; }

  absl::Status Commit();

 private:
  OutputFile(std::string path, std::string new_path);

  const std::string path_;
  std::string new_path_;  // Empty: `path_` is written directly.
  std::ofstream stream_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_OUTPUT_FILE_H_
