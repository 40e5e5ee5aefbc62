#ifndef WRIFTAI_CLIENT_STATUS_LINE_H_
#define WRIFTAI_CLIENT_STATUS_LINE_H_

#include <functional>
#include <ostream>

#include "absl/strings/string_view.h"

namespace wriftai::client {

// One line at the bottom of a terminal that is drawn over and over.
//
// Threads: one. `terminal` must outlive this. Fails: never.
class StatusLine {
 public:
  // `width`: the terminal's columns; 0 when unknown.
  StatusLine(std::ostream& terminal, std::function<int()> width);

  // Erases.
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  // Shows `text`, which is printable ASCII, cut to the terminal's width.
  void Draw(absl::string_view text);

  // Makes room for other text, from the line's beginning.
  void Erase();

 private:
  std::ostream& terminal_;
  const std::function<int()> width_;
  bool drawn_ = false;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_STATUS_LINE_H_
