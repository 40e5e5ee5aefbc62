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

// One connection of the listener: reads one request, responds, and closes.
// After rejecting an incomplete request, it reads and discards more of it for a
// while. Closing immediately would reset the connection, and the sender might
// lose the response.
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

  // When it must be closed, regardless of its state.
  absl::Time deadline() const { return deadline_; }

  // The memory held for an incomplete request.
  size_t held_bytes() const {
    return reader_.has_value() ? reader_->held_bytes() : 0;
  }

  // Reads up to `scratch_size` available bytes. False if the connection must be
  // closed.
  bool OnReadable(char* scratch, size_t scratch_size);

  // Responds with `outcome` to an incomplete request; the caller then closes
  // the connection.
  void Abort(WebhookOutcome outcome);

 private:
  bool Consume(absl::string_view bytes);
  void Respond(WebhookOutcome outcome);
  void Send(absl::string_view text) const;

  const UniqueFd socket_;
  const absl::Time deadline_;
  std::optional<HttpRequestReader> reader_;  // Empty after the response.
  WebhookReceiver& receiver_;
  WebhookCounters& counters_;
  bool received_ = false;  // At least one byte was received.
  // Set once the receiver requires the body.
  std::optional<WebhookReceiver::AcceptedHead> accepted_;
  size_t discarded_bytes_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_CONNECTION_H_
