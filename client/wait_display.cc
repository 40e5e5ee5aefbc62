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
      word_(phase) {
  if (console.err_is_terminal) line_.emplace(console.err, console.width);
  Tick();
}

void WaitDisplay::Update(const v1::PredictionUpdate& update) {
  ++updates_;
  trouble_.clear();
  word_ = PrintableAscii(StatusWord(update.prediction()));
  const std::string source = SourceWord(update.source());
  last_update_ = absl::StrCat("poll ", updates_, ", ", source);
  if (update.has_interval()) {
    absl::StrAppend(&last_update_, ", every ",
                    absl::FormatDuration(FromProto(update.interval())));
  }
  const std::string id = PrintableAscii(update.prediction().id());
  if (!line_.has_value() && lines_) {
    // Early, so that a create that is killed leaves its id behind.
    if (id != id_) console_.err << "prediction " << id << "\n";
    console_.err << absl::StrCat("update ", updates_, ": ", word_, " after ",
                                 SecondsText(clock_.Now() - start_), " (",
                                 source, ")\n")
                 << std::flush;
  }
  id_ = id;
  Tick();
}

void WaitDisplay::Trouble(const grpc::Status& status, absl::Duration delay) {
  trouble_ = PrintableAscii(ErrorLine(status));
  again_at_ = clock_.Now() + delay;
  if (!line_.has_value()) {
    console_.err << absl::StrCat(trouble_, "; again in ", SecondsText(delay),
                                 "\n")
                 << std::flush;
  }
  Tick();
}

void WaitDisplay::TryAgain() {
  again_at_ = absl::InfinitePast();
  Tick();
}

void WaitDisplay::Tick() {
  if (!line_.has_value()) return;
  const std::string note = Note();
  line_->Draw(absl::StrCat(word_, "  ", ElapsedText(clock_.Now() - start_),
                           note.empty() ? "" : absl::StrCat("  (", note, ")"),
                           id_.empty() ? "" : absl::StrCat("  ", id_)));
}

void WaitDisplay::Erase() {
  if (line_.has_value()) line_->Erase();
}

std::string WaitDisplay::Note() const {
  if (trouble_.empty()) return last_update_;
  const absl::Duration left = again_at_ - clock_.Now();
  return left > absl::ZeroDuration()
             ? absl::StrCat("again in ", SecondsText(left), ": ", trouble_)
             : absl::StrCat("trying again: ", trouble_);
}

}  // namespace wriftai::client
