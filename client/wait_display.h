#ifndef WRIFTAI_CLIENT_WAIT_DISPLAY_H_
#define WRIFTAI_CLIENT_WAIT_DISPLAY_H_

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/host.h"
#include "client/status_line.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai::client {

// What someone who waits sees on stderr: on a terminal one line that ticks,
// elsewhere a line an update.
//
// Threads: one. `console` and `clock` must outlive this. Fails: never.
class WaitDisplay {
 public:
  // `phase`: shown until the first update, such as "connecting". `lines`:
  // whether to print lines where there is no terminal.
  WaitDisplay(Console& console, Clock& clock, absl::string_view phase,
              bool lines);

  void Update(const v1::PredictionUpdate& update);

  // The call has broken off and will be tried again.
  void Trouble(const grpc::Status& status, absl::Duration delay);

  // The call is being tried again.
  void TryAgain();

  // Redraws; to be called every kTick.
  void Tick();

  // Clears the line: something else is about to be written.
  void Erase();

 private:
  // In brackets on the line: the last update, or the trouble.
  std::string Note() const;

  Console& console_;
  Clock& clock_;
  const bool lines_;
  const absl::Time start_;
  std::optional<StatusLine> line_;  // With a terminal.
  std::string word_;                // Printable ASCII, as all text here.
  std::string id_;
  std::string last_update_;
  std::string trouble_;
  absl::Time again_at_ = absl::InfinitePast();
  int updates_ = 0;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_WAIT_DISPLAY_H_
