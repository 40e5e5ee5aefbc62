#ifndef WRIFTAI_CLIENT_WAIT_DISPLAY_H_
#define WRIFTAI_CLIENT_WAIT_DISPLAY_H_

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/host.h"
#include "client/status_line.h"
#include "proto/predictions.h"

namespace wriftai::client {

// Shows the progress of a wait on stderr: a status line on a terminal,
// otherwise one line per update.
//
// Threads: one. `console` and `clock` must outlive this. Fails: never.
class WaitDisplay {
 public:
  // `phase`: shown until the first update, such as "connecting". `lines`:
  // whether to print a line per update when stderr is not a terminal.
  WaitDisplay(Console& console, Clock& clock, absl::string_view phase,
              bool lines);

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
  const bool lines_;
  const absl::Time start_;
  std::optional<StatusLine> line_;  // Set if stderr is a terminal.
  std::string status_;              // Printable ASCII, like all text here.
  std::string id_;
  std::string last_update_;
  std::string error_;
  absl::Time retry_at_ = absl::InfinitePast();
  int updates_ = 0;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_WAIT_DISPLAY_H_
