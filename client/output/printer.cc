#include "client/output/printer.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/exit_code.h"
#include "client/output/error_report.h"
#include "client/output/render_error.h"
#include "client/output/text.h"

namespace wriftai::client {

Printer::Printer(const OutputOptions& options, Console& console)
    : options_(options), console_(console), table_(Style()) {}

TextStyle Printer::Style() const {
  return {console_.out_is_terminal, HasColor(console_.out_is_terminal),
          console_.now()};
}

bool Printer::HasColor(bool is_terminal) const {
  if (options_.color == ColorMode::kAuto) {
    return is_terminal && !console_.no_color;
  }
  return options_.color == ColorMode::kAlways;
}

int Printer::ShowPrediction(const v1::Prediction& prediction) {
  const bool failed = prediction.status() == v1::PREDICTION_STATUS_FAILED;
  switch (options_.format) {
    case OutputFormat::kJson:
      return ShowJson(prediction);
    case OutputFormat::kText:
      console_.out << RenderPrediction(prediction, Style()) << std::flush;
      return kExitSuccess;
    case OutputFormat::kId:
    case OutputFormat::kRaw:
      break;
  }
  // These formats have no room for the reason.
  if (failed) {
    console_.err << "prediction " << PrintableLine(prediction.id())
                 << " failed: "
                 << PrintableLine(FailureText(prediction.error())) << "\n";
  }
  if (options_.format == OutputFormat::kRaw) return ShowRaw(prediction);
  console_.out << PrintableLine(prediction.id()) << "\n" << std::flush;
  return kExitSuccess;
}

int Printer::ShowRaw(const v1::Prediction& prediction) {
  const std::optional<std::string> output = OutputText(prediction);
  if (!output.has_value()) {
    if (prediction.status() != v1::PREDICTION_STATUS_FAILED) {
      console_.err << "prediction " << PrintableLine(prediction.id())
                   << " has no output yet; its status is "
                   << PrintableLine(StatusLabel(prediction)) << "\n";
    }
    return kExitPredictionFailed;
  }
  if (console_.out_is_terminal) {
    console_.out << PrintableText(*output) << "\n";
  } else {
    console_.out << *output;
  }
  console_.out << std::flush;
  return kExitSuccess;
}

int Printer::ShowPage(const v1::ListResponse& page) {
  if (json()) return ShowJson(page);
  if (options_.format == OutputFormat::kId) {
    for (const v1::Prediction& prediction : page.predictions()) {
      console_.out << PrintableLine(prediction.id()) << "\n";
    }
  } else {
    console_.out << table_.Page(page);
  }
  console_.out << std::flush;
  if (!page.inexact_fields().empty()) {
    console_.err << "WriftAI sent invalid values in this page: "
                 << PrintableLine(absl::StrJoin(page.inexact_fields(), ", "))
                 << "\n";
  }
  return kExitSuccess;
}

int Printer::ShowMessage(const google::protobuf::Message& message,
                         absl::string_view id, absl::string_view text,
                         bool is_hint) {
  if (json()) return ShowJson(message);
  if (options_.format == OutputFormat::kId) {
    console_.out << PrintableLine(id) << "\n";
  } else if (!is_hint || !quiet()) {
    console_.out << text << "\n";
  }
  console_.out << std::flush;
  return kExitSuccess;
}

int Printer::ShowJson(const google::protobuf::Message& message) {
  const absl::StatusOr<std::string> text = RenderJson(message);
  if (!text.ok()) {
    return Fail(grpc::Status(grpc::StatusCode::INTERNAL,
                             std::string(text.status().message())),
                "");
  }
  console_.out << *text << std::flush;
  return kExitSuccess;
}

void Printer::Note(absl::string_view line) {
  if (!quiet()) console_.err << line << "\n" << std::flush;
}

int Printer::Fail(const grpc::Status& status, absl::string_view hint,
                  int exit_status) {
  console_.out.flush();
  if (json()) {
    console_.err << ErrorJson(status, hint, exit_status);
    return exit_status;
  }
  console_.err << RenderError(status, HasColor(console_.err_is_terminal));
  if (!hint.empty()) console_.err << hint << "\n";
  return exit_status;
}

int Printer::Interrupted(int number, absl::string_view message) {
  const int exit_status = kExitSignalBase + number;
  console_.out.flush();
  if (json()) {
    console_.err << LocalErrorJson(grpc::StatusCode::CANCELLED, "INTERRUPTED",
                                   message, exit_status);
  } else {
    console_.err << message << "\n";
  }
  return exit_status;
}

}  // namespace wriftai::client
