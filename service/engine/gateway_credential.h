#ifndef WRIFTAI_SERVICE_ENGINE_GATEWAY_CREDENTIAL_H_
#define WRIFTAI_SERVICE_ENGINE_GATEWAY_CREDENTIAL_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "base/secret.h"
#include "base/watched_file.h"

namespace wriftai {

// The gateway's own credential: a fixed token, or the one in a file, which is
// read again when the file changes (a rotated Kubernetes secret). A file that
// cannot be read, or holds no token, leaves the last good one in use.
//
// It outlives its tokens. What is kept under it stays: waits go on with the new
// token, a create under a request_id is still known. So a file must not be
// given the token of another account while the gateway runs.
//
// Threads: Open() any, the rest on the loop. `event_loop` must outlive the last
// call. Fails: Open() alone; later faults are logged, without the token.
class GatewayCredential final : public Credential {
 public:
  static constexpr char kName[] = "gateway";

  // Null when both are empty: there is no token. The file wins.
  // INVALID_ARGUMENT when it is not a regular file that can be read now, of at
  // most 16 KiB, or holds no token of printable ASCII.
  static absl::StatusOr<std::shared_ptr<const GatewayCredential>> Open(
      Secret token, std::string file, const EventLoop& event_loop);

  // Whether Open() would take the file now. Any thread.
  static absl::Status CheckFile(const std::string& path);

  // Looks at the file at most once a second.
  Secret token() const override;
  Secret previous_token() const override { return state_->previous; }

  // Whether `callers` has the same token, so that the two are one consumer of
  // its budget.
  bool Matches(const Credential& callers) const;

 private:
  struct State {
    explicit State(const EventLoop& clock) : event_loop(clock) {}

    const EventLoop& event_loop;
    std::optional<WatchedFile> file;
    Secret current;
    Secret previous;
    std::string current_key;  // As Credential::key() of a caller's.

    absl::Status Take(absl::StatusOr<std::string> text);
    void Use(Secret token);
  };

  explicit GatewayCredential(const EventLoop& event_loop);

  // What a credential is does not change with its token.
  const std::unique_ptr<State> state_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_GATEWAY_CREDENTIAL_H_
