#ifndef WRIFTAI_CLIENT_OUTPUT_WAIT_DISPLAY_H_
#define WRIFTAI_CLIENT_OUTPUT_WAIT_DISPLAY_H_

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/host.h"
#include "client/output/status_line.h"
#include "proto/predictions.h"

namespace wriftai::client {

// What a wait shows on stderr.
enum class Progress {
  kAll,      // A status line on a terminal, otherwise a line per change.
  kRetries,  // The same, without the changes: stdout has every update.
  kNone,
};

// Shows the progress of a wait. Without a terminal, a line is printed when the
// status changes and when a retry succeeds, and not for each poll: logs keep
// what happened.
//
// Threads: one. `console` and `clock` must outlive this. Fails: never.
class WaitDisplay {
 public:
  // `phase`: shown until the first update, such as "connecting".
  WaitDisplay(Console& console, Clock& clock, absl::string_view phase,
              Progress progress);

  void Update(const v1::PredictionUpdate& update);

  // The call has failed and will be retried after `delay`.
  void RetryScheduled(const grpc::Status& status, absl::Duration delay);

  // The retry starts now.
  void RetryStarted();

  // Redraws the status line; to be called every kTick.
  void Tick();

  // Clears the status line before other text is written.
  void Erase();

 private:
  // The text in parentheses on the status line: the last update or the error.
  std::string Note() const;

  Console& console_;
  Clock& clock_;
  const Progress progress_;
  const absl::Time start_;
  std::optional<StatusLine> line_;  // Set if stderr is a terminal.
  std::string status_;              // Printable ASCII, like all text here.
  std::string id_;
  std::string last_update_;
  std::string error_;
  absl::Time retry_at_ = absl::InfinitePast();
  int updates_ = 0;
  bool changed_ = true;  // Whether the next update deserves a line.
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_WAIT_DISPLAY_H_
