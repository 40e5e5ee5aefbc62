#include "client/wait_display.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/render.h"
#include "client/render_error.h"
#include "client/text.h"

namespace wriftai::client {

WaitDisplay::WaitDisplay(Console& console, Clock& clock,
                         absl::string_view phase, bool lines)
    : console_(console),
      clock_(clock),
      lines_(lines),
      start_(clock.Now()),
      status_(phase) {
  if (console.err_is_terminal) line_.emplace(console.err, console.width);
  Tick();
}

void WaitDisplay::Update(const v1::PredictionUpdate& update) {
  ++updates_;
  error_.clear();
  status_ = PrintableAscii(StatusLabel(update.prediction()));
  const std::string source = SourceLabel(update.source());
  last_update_ = absl::StrCat("poll ", updates_, ", ", source);
  if (update.has_interval()) {
    absl::StrAppend(&last_update_, ", every ",
                    absl::FormatDuration(FromProto(update.interval())));
  }
  const std::string id = PrintableAscii(update.prediction().id());
  if (!line_.has_value() && lines_) {
    // Printed early, so that the id is known even if this process is killed.
    if (id != id_) console_.err << "prediction " << id << "\n";
    console_.err << absl::StrCat("update ", updates_, ": ", status_, " after ",
                                 SecondsText(clock_.Now() - start_), " (",
                                 source, ")\n")
                 << std::flush;
  }
  id_ = id;
  Tick();
}

void WaitDisplay::RetryScheduled(const grpc::Status& status,
                                 absl::Duration delay) {
  error_ = PrintableAscii(ErrorLine(status));
  retry_at_ = clock_.Now() + delay;
  if (!line_.has_value()) {
    console_.err << absl::StrCat(error_, "; retrying in ", SecondsText(delay),
                                 "\n")
                 << std::flush;
  }
  Tick();
}

void WaitDisplay::RetryStarted() {
  retry_at_ = absl::InfinitePast();
  Tick();
}

void WaitDisplay::Tick() {
  if (!line_.has_value()) return;
  const std::string note = Note();
  line_->Draw(absl::StrCat(status_, "  ", ElapsedText(clock_.Now() - start_),
                           note.empty() ? "" : absl::StrCat("  (", note, ")"),
                           id_.empty() ? "" : absl::StrCat("  ", id_)));
}

void WaitDisplay::Erase() {
  if (line_.has_value()) line_->Erase();
}

std::string WaitDisplay::Note() const {
  if (error_.empty()) return last_update_;
  const absl::Duration left = retry_at_ - clock_.Now();
  return left > absl::ZeroDuration()
             ? absl::StrCat("retrying in ", SecondsText(left), ": ", error_)
             : absl::StrCat("retrying: ", error_);
}

}  // namespace wriftai::client
