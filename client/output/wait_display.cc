#include "client/output/wait_display.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/output/render.h"
#include "client/output/render_error.h"
#include "client/output/text.h"

namespace wriftai::client {

WaitDisplay::WaitDisplay(Console& console, Clock& clock,
                         absl::string_view phase, Progress progress)
    : console_(console),
      clock_(clock),
      progress_(progress),
      start_(clock.Now()),
      status_(phase) {
  if (console.err_is_terminal && progress != Progress::kNone) {
    line_.emplace(console.err, console.width);
  }
  Tick();
}

void WaitDisplay::Update(const v1::PredictionUpdate& update) {
  ++updates_;
  error_.clear();
  std::string status = PrintableAscii(StatusLabel(update.prediction()));
  if (status != status_) changed_ = true;
  status_ = std::move(status);
  const std::string source = SourceLabel(update.source());
  last_update_ = absl::StrCat("poll ", updates_, ", ", source);
  if (update.has_interval()) {
    absl::StrAppend(&last_update_, ", every ",
                    absl::FormatDuration(FromProto(update.interval())));
  }
  const std::string id = PrintableAscii(update.prediction().id());
  if (!line_.has_value() && progress_ == Progress::kAll) {
    // Printed early, so that the id is known even if this process is killed.
    if (id != id_) console_.err << "prediction " << id << "\n";
    if (std::exchange(changed_, false)) {
      console_.err << absl::StrCat("update ", updates_, ": ", status_,
                                   " after ",
                                   SecondsText(clock_.Now() - start_), " (",
                                   source, ")\n")
                   << std::flush;
    }
  }
  id_ = id;
  Tick();
}

void WaitDisplay::RetryScheduled(const grpc::Status& status,
                                 absl::Duration delay) {
  error_ = PrintableAscii(ErrorLine(status));
  retry_at_ = clock_.Now() + delay;
  changed_ = true;
  if (!line_.has_value() && progress_ != Progress::kNone) {
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
