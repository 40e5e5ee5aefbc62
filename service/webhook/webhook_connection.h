#ifndef WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_CONNECTION_H_
#define WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_CONNECTION_H_

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/unique_fd.h"
#include "upstream/webhook/http_request_reader.h"
#include "upstream/webhook/webhook_outcome.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {

// One connection of the listener: reads a request, answers it, and ends. A
// request that is refused before all of it has come is read on and thrown away
// for a while, as to close at once would tear the answer from the sender's
// hands.
//
// Threads: the listener's. Owns: the socket. Receiver and counters must outlive
// it. Fails: by closing.
class WebhookConnection {
 public:
  WebhookConnection(UniqueFd socket, absl::Time deadline,
                    const HttpRequestReader::Limits& limits,
                    WebhookReceiver& receiver, WebhookCounters& counters)
      : socket_(std::move(socket)),
        deadline_(deadline),
        reader_(limits),
        receiver_(receiver),
        counters_(counters) {}

  // When it is to go, whatever it is doing.
  absl::Time deadline() const { return deadline_; }

  // What it holds of a request that is not whole yet.
  size_t held_bytes() const {
    return reader_.has_value() ? reader_->held_bytes() : 0;
  }

  // Takes what has come, as far as `scratch` has room; false when the
  // connection is to be closed.
  bool OnReadable(char* scratch, size_t scratch_size);

  // Says why it is closed before its request was whole; the caller closes it.
  void GiveUp(WebhookOutcome outcome);

 private:
  bool Take(absl::string_view bytes);
  void Answer(WebhookOutcome outcome);
  void Send(absl::string_view text) const;

  const UniqueFd socket_;
  const absl::Time deadline_;
  std::optional<HttpRequestReader> reader_;  // Empty once it is answered.
  WebhookReceiver& receiver_;
  WebhookCounters& counters_;
  bool began_ = false;        // A byte has come.
  bool head_passed_ = false;  // The receiver wants the body.
  size_t thrown_away_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_CONNECTION_H_
