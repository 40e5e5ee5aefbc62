#ifndef WRIFTAI_CLIENT_OUTPUT_STATUS_LINE_H_
#define WRIFTAI_CLIENT_OUTPUT_STATUS_LINE_H_

#include <functional>
#include <ostream>

#include "absl/strings/string_view.h"

namespace wriftai::client {

// A line at the bottom of a terminal that is redrawn in place.
//
// Threads: one. `terminal` must outlive this. Fails: never.
class StatusLine {
 public:
  // `width` returns the terminal's number of columns; 0 if unknown.
  StatusLine(std::ostream& terminal, std::function<int()> width);

  ~StatusLine();  // Erases the line.
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  // Shows `text`, printable ASCII, truncated to the terminal's width.
  void Draw(absl::string_view text);

  // Clears the line, and leaves the cursor at its start for other text.
  void Erase();

 private:
  std::ostream& terminal_;
  const std::function<int()> width_;
  bool drawn_ = false;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_STATUS_LINE_H_
