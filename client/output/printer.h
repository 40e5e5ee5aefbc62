#ifndef WRIFTAI_CLIENT_OUTPUT_PRINTER_H_
#define WRIFTAI_CLIENT_OUTPUT_PRINTER_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/strings/string_view.h"
#include "client/exit_code.h"
#include "client/host.h"
#include "client/output/output_options.h"
#include "client/output/prediction_table.h"
#include "client/output/render.h"
#include "google/protobuf/message.h"
#include "proto/predictions.h"

namespace wriftai::client {

// Prints results and errors in the chosen format. Functions that return an int
// return the exit status.
//
// Threads: one. `console` must outlive this. Fails: with kExitCallFailed, if a
// message has no JSON form.
class Printer {
 public:
  Printer(const OutputOptions& options, Console& console);

  bool json() const { return options_.json(); }
  bool quiet() const { return options_.quiet; }

  // -o raw prints the output, and exits with kExitPredictionFailed if there is
  // none.
  int ShowPrediction(const v1::Prediction& prediction);

  int ShowPage(const v1::ListResponse& page);

  // With -o json `message`, with -o id `id`, and otherwise `text`, which is
  // not a result that --quiet keeps if `is_hint` is set.
  int ShowMessage(const google::protobuf::Message& message,
                  absl::string_view id, absl::string_view text,
                  bool is_hint = false);

  // A line of progress or a hint on standard error, unless --quiet is set.
  void Note(absl::string_view line);

  // `hint`: what to do; empty for none.
  int Fail(const grpc::Status& status, absl::string_view hint,
           int exit_status = kExitCallFailed);

  // After the signal `number`.
  int Interrupted(int number, absl::string_view message);

 private:
  int ShowJson(const google::protobuf::Message& message);
  int ShowRaw(const v1::Prediction& prediction);
  bool HasColor(bool is_terminal) const;
  TextStyle Style() const;

  const OutputOptions options_;
  Console& console_;
  PredictionTable table_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_PRINTER_H_
